"""Remembered keys on disk: the first word stays, damage is told, and a full or closed disk stops nothing."""

import os
import threading
from pathlib import Path

import pytest

from forecheck.adapters.pins import MAX_BYTES, PinFolder
from forecheck.model import Unavailable, UnavailableKind
from tests.fakes.pins import pinned

URL = "https://npm.example.com/"
MINE, THEIRS = pinned(URL, ["mine"]), pinned(URL, ["theirs"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "registry-keys"


def test_nothing_is_remembered_at_first(folder: Path) -> None:
    pins = PinFolder(str(folder))
    assert pins.of(URL) is None
    assert pins.all() == {}
    assert not folder.exists()


def test_what_is_remembered_is_there_in_the_next_run(folder: Path) -> None:
    pins = PinFolder(str(folder))
    assert pins.first(MINE) == MINE
    assert "1 key will be remembered" in pins.notices[0]
    again = PinFolder(str(folder))
    assert again.of(URL) == MINE
    assert again.of("https://npm.example.com/other/") is None
    assert list(again.all().values()) == [MINE]
    assert [path.name for path in folder.iterdir()] == [Path(again.path_of(URL)).name]


def test_the_first_word_wins(folder: Path) -> None:
    first, second = PinFolder(str(folder)), PinFolder(str(folder))
    assert first.first(MINE) == MINE
    assert second.first(THEIRS) == MINE
    assert second.notices == []


def test_of_runs_at_the_same_time_one_wins_for_all(folder: Path) -> None:
    several = [pinned(URL, [f"key {number}"]) for number in range(8)]
    start, got = threading.Barrier(len(several)), []

    def run(number: int) -> None:
        start.wait()
        got.append(PinFolder(str(folder)).first(several[number]))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(several))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(got)) == 1
    assert PinFolder(str(folder)).of(URL) == got[0]


def test_replacing_and_forgetting(folder: Path) -> None:
    pins = PinFolder(str(folder))
    pins.first(MINE)
    pins.replace(THEIRS)
    assert pins.of(URL) == THEIRS
    assert pins.forget(URL)
    assert not pins.forget(URL)
    assert pins.of(URL) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"\xff\xfe",
        b'{"registry": "https://npm.example.com/", "keys": [], "since": "2026-01-01T00:00:00"}',
        b'{"registry": "https://other.example/", "keys": [], "since": "2026-01-01T00:00:00Z"}',
        b'{"registry": "https://npm.example.com/", "keys": [], "since": "2026-01-01T00:00:00Z", "more": 1}',
        b" " * (MAX_BYTES + 1),
    ],
)
def test_a_damaged_file_is_told_and_kept(folder: Path, content: bytes) -> None:
    pins = PinFolder(str(folder))
    path = Path(pins.path_of(URL))
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(Unavailable) as seen:
        pins.of(URL)
    assert seen.value.kind is UnavailableKind.MALFORMED
    assert str(path) in seen.value.reason
    with pytest.raises(Unavailable):
        pins.first(MINE)
    assert path.read_bytes() == content


def test_a_file_cut_anywhere_is_never_taken_for_whole(folder: Path) -> None:
    pins = PinFolder(str(folder))
    pins.first(MINE)
    path = Path(pins.path_of(URL))
    whole = path.read_bytes().rstrip()
    for end in range(0, len(whole), 7):
        path.write_bytes(whole[:end])
        with pytest.raises(Unavailable):
            pins.of(URL)


def test_where_nothing_can_be_kept_the_keys_hold_for_the_run(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    pins = PinFolder(str(tmp_path / "state" / "registry-keys"))
    assert pins.first(MINE) == MINE
    assert "could not be remembered" in pins.notices[0]
    assert pins.of(URL) == MINE


@pytest.mark.skipif(os.name != "posix", reason="mode bits")
def test_only_the_user_can_read_and_change_it(folder: Path) -> None:
    pins = PinFolder(str(folder))
    pins.first(MINE)
    assert Path(pins.path_of(URL)).stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "registry",
    [
        "https://../",
        "https://a/../../b/",
        "http://[::1]:4873/",
        "https://user:pw@host/",
        "https://" + "x" * 500 + "/",
    ],
)
def test_no_address_leads_out_of_the_folder(folder: Path, registry: str) -> None:
    path = PinFolder(str(folder)).path_of(registry)
    assert Path(path).parent == folder
    assert "pw" not in Path(path).name
    assert len(Path(path).name) < 200
