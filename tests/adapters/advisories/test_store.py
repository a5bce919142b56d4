"""Asking the database, and what is said where there is none that can be asked."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from forecheck.adapters.advisories.database import FILE, SCHEMA
from forecheck.adapters.advisories.store import DiskAdvisories
from forecheck.model import Unavailable, UnavailableKind
from forecheck.ports import AdvisoryStore
from tests.adapters.advisories.shop import bring_in, names
from tests.advisories.records import record

K = UnavailableKind


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    bring_in(
        tmp_path,
        record("GHSA-b", "left-pad", "introduced 0", "fixed 1.3.0"),
        record("GHSA-a", "left-pad", "introduced 1.0.0"),
        record("MAL-2026-1", "evil", "introduced 0"),
        *(record(f"GHSA-{number}", f"p{number}", "introduced 2.0.0") for number in range(1200)),
    )
    return tmp_path


def test_answers_by_name_and_version(filled: Path) -> None:
    store = DiskAdvisories(str(filled))
    port: AdvisoryStore = store
    pairs = [
        ("left-pad", "0.9.0"),
        ("left-pad", "1.2.0"),
        ("left-pad", "1.3.0"),
        ("evil", "1.0.0"),
        ("good", "1.0.0"),
    ]
    found = port.lookup([*pairs, *pairs])
    assert {pair: [each.id for each in advisories] for pair, advisories in found.items()} == {
        ("left-pad", "0.9.0"): ["GHSA-b"],
        ("left-pad", "1.2.0"): ["GHSA-a", "GHSA-b"],
        ("left-pad", "1.3.0"): ["GHSA-a"],
        ("evil", "1.0.0"): ["MAL-2026-1"],
    }
    assert found["evil", "1.0.0"][0].malware
    assert store.lookup([]) == {}
    store.close()


def test_more_names_than_a_query_takes(filled: Path) -> None:
    store = DiskAdvisories(str(filled))
    pairs = [(f"p{number}", version) for number in range(1200) for version in ("1.0.0", "2.0.0")]
    found = store.lookup(pairs)
    assert len(found) == 1200
    assert {version for _, version in found} == {"2.0.0"}
    store.close()


def test_it_keeps_to_the_state_it_opened(filled: Path) -> None:
    store = DiskAdvisories(str(filled))
    assert ("left-pad", "1.0.0") in store.lookup([("left-pad", "1.0.0")])
    if os.name == "posix":  # elsewhere an open file cannot be replaced
        bring_in(filled, record("GHSA-x", "other", "introduced 0"))
        assert ("left-pad", "1.0.0") in store.lookup([("left-pad", "1.0.0")])
    store.close()


def test_no_database(tmp_path: Path) -> None:
    store = DiskAdvisories(str(tmp_path))
    assert store.status() is None
    with pytest.raises(Unavailable, match="forecheck db update makes it") as caught:
        store.lookup([("left-pad", "1.0.0")])
    assert caught.value.kind is K.NOT_FOUND
    bring_in(tmp_path, record("GHSA-x", "left-pad", "introduced 0"))
    assert store.status() is not None
    store.close()


def test_no_folder(tmp_path: Path) -> None:
    assert DiskAdvisories(str(tmp_path / "none")).status() is None


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4096])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _zero(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:100] + b"\0" * (len(data) - 100))


def _sql(*statements: str) -> Callable[[Path], None]:
    def run(path: Path) -> None:
        connection = sqlite3.connect(path)
        with connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()

    return run


@pytest.mark.parametrize(
    ("spoil", "kind", "words"),
    [
        (_truncate, K.MALFORMED, "is damaged: it has"),
        (_empty, K.MALFORMED, "is damaged: it ends after 0 bytes"),
        (_zero, K.MALFORMED, "is damaged"),
        (_sql("DELETE FROM head"), K.MALFORMED, "is damaged"),
        (_sql("UPDATE head SET data = x'00'"), K.MALFORMED, "is damaged"),
        (_sql("DROP TABLE head"), K.MALFORMED, "is damaged"),
        (_sql(f"PRAGMA user_version = {SCHEMA - 1}"), K.MALFORMED, "made by an older forecheck"),
        (_sql(f"PRAGMA user_version = {SCHEMA + 1}"), K.REFUSED, "made by a newer forecheck"),
        (_sql("PRAGMA application_id = 7"), K.REFUSED, "is not an advisory database"),
        (
            lambda path: path.write_bytes(b"something else entirely" * 100),
            K.REFUSED,
            "is not an advisory database",
        ),
    ],
)
def test_a_file_that_cannot_be_believed(
    filled: Path, spoil: Callable[[Path], None], kind: K, words: str
) -> None:
    spoil(filled / FILE)
    store = DiskAdvisories(str(filled))
    for ask in (store.status, lambda: store.lookup([("left-pad", "1.0.0")])):
        with pytest.raises(Unavailable) as caught:
            ask()
        assert (caught.value.kind, words in caught.value.reason) == (kind, True), caught.value.reason
        assert FILE in caught.value.reason


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE advisory SET payload = x'93'",
        "UPDATE advisory SET payload = 'text'",
        "UPDATE advisory SET payload = x'c0'",
        "DROP TABLE package",
    ],
)
def test_damage_inside_is_noticed_by_who_asks(filled: Path, statement: str) -> None:
    _sql(statement)(filled / FILE)
    store = DiskAdvisories(str(filled))
    with pytest.raises(Unavailable, match="is damaged") as caught:
        store.lookup([("left-pad", "1.0.0")])
    assert caught.value.kind is K.MALFORMED
    store.close()


@pytest.mark.skipif(os.name != "posix", reason="the folder's access list decides elsewhere")
def test_a_file_that_others_can_write_is_not_believed(filled: Path) -> None:
    (filled / FILE).chmod(0o666)
    with pytest.raises(Unavailable, match="can be written by other users"):
        names(filled)


@pytest.mark.parametrize("folder", ["with space", "per%cent", "que?stion", "ha#sh", "ünï"])
def test_any_folder(tmp_path: Path, folder: str) -> None:
    if os.name != "posix" and "?" in folder:
        pytest.skip("not a file name here")
    bring_in(tmp_path / folder, record("GHSA-x", "left-pad", "introduced 0"))
    assert names(tmp_path / folder) == ["GHSA-x"]
