"""The cache on disk: what is put in comes out, and nothing that happens to it fails a run."""

import hashlib
import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.adapters.cache import SCHEMA, DiskCache
from forecheck.adapters.cache_place import default_directory
from forecheck.adapters.concurrency import run_concurrently
from forecheck.ports import Stored

posix = pytest.mark.skipif(os.name != "posix", reason="owners and modes are POSIX")
DAY = datetime(2026, 3, 1, 12, 30, 0, 123456, tzinfo=UTC)
NOBODY = 65534


def entry(payload: bytes = b"x", at: datetime = DAY) -> Stored:
    return Stored(payload, at, '"e"', "Mon, 01 Jan 2024 00:00:00 GMT")


def fill(directory: Path, count: int = 3) -> None:
    cache = DiskCache(str(directory))
    for number in range(count):
        cache.put(f"k{number}", entry(b"%d" % number))
    cache.close()
    assert cache.notices == []


def held(directory: Path, *keys: str) -> tuple[set[str], list[str]]:
    cache = DiskCache(str(directory))
    found = set(cache.get_many(keys or ("k0", "k1", "k2")))
    cache.close()
    return found, cache.notices


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "cache"


times = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(key=st.text(), stored=st.builds(Stored, st.binary(), times, st.text(), st.text()))
def test_what_is_put_comes_out(tmp_path_factory: pytest.TempPathFactory, key: str, stored: Stored) -> None:
    directory = str(tmp_path_factory.mktemp("cache"))
    with closing(DiskCache(directory)) as cache:
        cache.put(key, stored)
        assert cache.get_many([key]) == {key: stored}
    with closing(DiskCache(directory)) as cache:
        assert cache.get_many([key]) == {key: stored}


def test_it_is_seen_by_others_after_a_flush(place: Path) -> None:
    with closing(DiskCache(str(place))) as one, closing(DiskCache(str(place))) as other:
        assert other.get_many(["k"]) == {}
        one.put("k", entry())
        assert one.get_many(["k"]) == {"k": entry()}
        assert other.get_many(["k"]) == {}
        one.flush()
        assert other.get_many(["k"]) == {"k": entry()}


def test_much_is_written_without_being_told(place: Path) -> None:
    with closing(DiskCache(str(place))) as one, closing(DiskCache(str(place))) as other:
        one.put("big", entry(b"x" * 5_000_000))
        assert len(other.get_many(["big"])["big"].payload) == 5_000_000
        for number in range(300):
            one.put(f"k{number}", entry())
        assert "k0" in other.get_many(["k0"])


def test_many_keys_at_once(place: Path) -> None:
    fill(place, 2500)
    found, _ = held(place, *(f"k{number}" for number in range(3000)))
    assert len(found) == 2500


def test_the_last_put_counts(place: Path) -> None:
    with closing(DiskCache(str(place))) as cache:
        cache.put("k", entry(b"old"))
        cache.flush()
        cache.put("k", entry(b"new"))
    with closing(DiskCache(str(place))) as cache:
        assert cache.get_many(["k"])["k"].payload == b"new"


def test_it_can_be_used_again_after_closing(place: Path) -> None:
    cache = DiskCache(str(place))
    cache.put("k", entry())
    cache.close()
    assert "k" in cache.get_many(["k"])
    cache.close()


def test_threads_may_share_it(place: Path) -> None:
    cache = DiskCache(str(place))

    def work(number: int) -> None:
        cache.put(f"k{number}", entry(b"%d" % number))
        assert cache.get_many([f"k{number}"])[f"k{number}"].payload == b"%d" % number
        if number % 10 == 0:
            cache.flush()

    run_concurrently([lambda n=n: work(n) for n in range(200)], 8)  # type: ignore[misc]
    cache.close()
    found, notices = held(place, *(f"k{number}" for number in range(200)))
    assert (len(found), notices) == (200, [])


def test_the_oldest_goes_when_it_is_full(place: Path) -> None:
    with closing(DiskCache(str(place), max_bytes=1_000_000)) as cache:
        for number in range(100):
            cache.put(f"k{number}", entry(os.urandom(20_000), DAY + timedelta(hours=number)))
            cache.flush()
    found, _ = held(place, *(f"k{number}" for number in range(100)))
    assert "k99" in found
    assert "k0" not in found
    assert found == {f"k{number}" for number in range(100 - len(found), 100)}
    assert (place / "evidence.sqlite").stat().st_size < 1_500_000


def test_one_entry_above_the_limit_is_not_kept_and_does_no_harm(place: Path) -> None:
    with closing(DiskCache(str(place), max_bytes=100_000)) as cache:
        cache.put("big", entry(b"x" * 1_000_000))
        cache.flush()
        cache.put("small", entry())
    found, notices = held(place, "big", "small")
    assert (found, notices) == ({"small"}, [])


# -- damage


@pytest.mark.parametrize("damage", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_moved_aside_and_the_cache_goes_on(place: Path, damage: bytes) -> None:
    fill(place)
    (place / "evidence.sqlite").write_bytes(damage)
    found, notices = held(place)
    assert found == set()
    assert len(notices) == 1
    assert "damaged" in notices[0]
    assert (place / "evidence.sqlite.damaged").read_bytes() == damage
    fill(place)
    assert held(place) == ({"k0", "k1", "k2"}, [])


@given(offset=st.integers(0, 60_000), junk=st.binary(min_size=1, max_size=4096))
def test_damage_anywhere_raises_nothing(
    tmp_path_factory: pytest.TempPathFactory, offset: int, junk: bytes
) -> None:
    directory = tmp_path_factory.mktemp("cache")
    cache = DiskCache(str(directory))
    for number in range(60):
        cache.put(f"k{number}", entry(b"x" * 1000))
    cache.close()
    with (directory / "evidence.sqlite").open("r+b") as file:
        file.seek(offset)
        file.write(junk)
    cache = DiskCache(str(directory))
    cache.get_many([f"k{number}" for number in range(60)])
    cache.put("k", entry())
    cache.close()
    assert len(cache.notices) <= 2


@pytest.mark.parametrize(
    "damage",
    ["payload = 'text'", "fetched_at = 'x'", "fetched_at = -1", "fetched_at = 1e300", "etag = x'00'"],
)
def test_a_row_that_nobody_wrote_so_is_none(place: Path, damage: str) -> None:
    fill(place)
    with closing(sqlite3.connect(place / "evidence.sqlite")) as database, database:
        database.execute(f"UPDATE entry SET {damage} WHERE key = 'k1'")
    assert held(place) == ({"k0", "k2"}, [])


def test_a_table_that_is_gone_is_damage(place: Path) -> None:
    fill(place)
    with closing(sqlite3.connect(place / "evidence.sqlite")) as database:
        database.execute("DROP TABLE entry")
    assert len(held(place)[1]) == 1
    fill(place)
    assert held(place) == ({"k0", "k1", "k2"}, [])


def test_an_empty_file_is_an_empty_cache(place: Path) -> None:
    place.mkdir(parents=True, mode=0o700)
    (place / "evidence.sqlite").touch(0o600)
    fill(place)
    assert held(place) == ({"k0", "k1", "k2"}, [])


@pytest.mark.parametrize("version", [0, SCHEMA + 1, 12345])
def test_another_versions_entries_are_dropped(place: Path, version: int) -> None:
    fill(place)
    with closing(sqlite3.connect(place / "evidence.sqlite")) as database:
        database.execute("ALTER TABLE entry RENAME COLUMN payload TO body")
        database.execute(f"PRAGMA user_version = {version}")
    assert held(place) == (set(), [])
    fill(place)
    assert held(place) == ({"k0", "k1", "k2"}, [])


_WRITER = """
import hashlib, itertools, os, sys
from datetime import UTC, datetime
from forecheck.adapters.cache import DiskCache
from forecheck.ports import Stored
cache = DiskCache(sys.argv[1], max_bytes=3_000_000)
for number in itertools.count():
    body = os.urandom(100 + number * 7919 % 60_000)
    payload = hashlib.sha256(body).digest() + body
    cache.put(f"k{number % 50}", Stored(payload, datetime.now(UTC), str(len(payload))))
    if number % 5 == 0:
        cache.flush()
    if number == 20:
        print("writing", flush=True)
"""


@posix
def test_a_kill_at_any_moment_leaves_it_whole(place: Path) -> None:
    seen = 0
    chance = random.Random(7)
    for _ in range(20):
        with subprocess.Popen([sys.executable, "-c", _WRITER, str(place)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout
            writer.stdout.readline()
            Event().wait(chance.uniform(0, 0.03))
            os.kill(writer.pid, signal.SIGKILL)
        cache = DiskCache(str(place))
        for stored in cache.get_many([f"k{number}" for number in range(50)]).values():
            assert hashlib.sha256(stored.payload[32:]).digest() == stored.payload[:32]
            assert stored.etag == str(len(stored.payload))
            seen += 1
        cache.put("reader", entry())
        cache.close()
        assert cache.notices == []
    assert seen > 20


def test_several_processes_write_at_once(place: Path) -> None:
    script = """
import sys
from datetime import UTC, datetime
from forecheck.adapters.cache import DiskCache
from forecheck.ports import Stored
cache = DiskCache(sys.argv[1])
for number in range(100):
    cache.put(f"{sys.argv[2]}-{number}", Stored(b"x" * 2000, datetime.now(UTC)))
    if number % 10 == 0:
        cache.flush()
cache.close()
print(cache.notices)
"""
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(place), name], stdout=subprocess.PIPE, text=True)
        for name in "abc"
    ]
    assert [writer.communicate()[0] for writer in writers] == ["[]\n"] * 3
    found, _ = held(place, *(f"{name}-{number}" for name in "abc" for number in range(100)))
    assert len(found) == 300


# -- places that cannot be used


def unusable(directory: str | Path) -> str:
    """The one notice of a cache that behaves as an empty one."""
    cache = DiskCache(str(directory))
    for number in range(600):
        cache.put(f"k{number}", entry())
    cache.flush()
    assert cache.get_many(["k0", "k599"]) == {}
    cache.put("late", entry())
    cache.close()
    assert len(cache.notices) == 1
    assert str(directory) in cache.notices[0]
    return cache.notices[0]


@posix
def test_it_is_the_users_alone(place: Path) -> None:
    before = os.umask(0)
    try:
        fill(place)
        with closing(DiskCache(str(place))) as cache:
            cache.put("k", entry())
            cache.flush()
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in place.iterdir()}
    finally:
        os.umask(before)
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert "evidence.sqlite-wal" in modes


@posix
@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_a_directory_that_others_may_write_is_not_used(place: Path, mode: int) -> None:
    fill(place)
    place.chmod(mode)
    assert "can be written by other users" in unusable(place)


@posix
@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_nor_is_such_a_file(place: Path, mode: int) -> None:
    fill(place)
    (place / "evidence.sqlite").chmod(mode)
    assert "can be written by other users" in unusable(place)


@posix
def test_a_link_to_somebody_elses_directory_is_not_followed(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(theirs, NOBODY, NOBODY)
    else:
        theirs = Path("/usr")
    (tmp_path / "cache").symlink_to(theirs)
    assert "belongs to another user (through a symbolic link)" in unusable(tmp_path / "cache")


def test_a_file_where_the_directory_should_be(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    unusable(tmp_path / "cache")


@contextmanager
def ordinary_user() -> Iterator[Path]:
    """A folder of a user who may not write where the modes say so; root may write anywhere."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.geteuid() != 0:
            yield folder
            return
        os.chown(folder, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            os.seteuid(0)


@posix
def test_a_read_only_cache_is_an_empty_one() -> None:
    with ordinary_user() as folder:
        fill(folder)
        (folder / "evidence.sqlite").chmod(0o400)
        folder.chmod(0o500)
        unusable(folder)
        folder.chmod(0o700)


@posix
def test_one_that_cannot_be_made_is_an_empty_one() -> None:
    with ordinary_user() as folder:
        folder.chmod(0o500)
        assert "Permission denied" in unusable(folder / "cache")
        folder.chmod(0o700)


@posix
def test_a_full_disk_is_said_once_and_fails_nothing(place: Path) -> None:
    script = """
import os, resource, sys
from datetime import UTC, datetime
from forecheck.adapters.cache import DiskCache
from forecheck.ports import Stored
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
cache = DiskCache(sys.argv[1])
for number in range(30):
    cache.put(f"k{number}", Stored(os.urandom(50_000), datetime.now(UTC)))
    cache.flush()
cache.close()
print(len(cache.notices), cache.notices)
"""
    ran = subprocess.run(
        [sys.executable, "-c", script, str(place)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith("1 ['running without a cache in")
    found, notices = held(place, *(f"k{number}" for number in range(30)))
    assert notices == []
    assert found < {f"k{number}" for number in range(30)}


# -- where it is


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {"HOME": "/home/u"}, "/home/u/.cache/forecheck"),
        ("linux", {"HOME": "/home/u", "XDG_CACHE_HOME": "/var/c"}, "/var/c/forecheck"),
        ("linux", {"HOME": "/home/u", "XDG_CACHE_HOME": "relative"}, "/home/u/.cache/forecheck"),
        ("linux", {"HOME": "/home/u", "XDG_CACHE_HOME": ""}, "/home/u/.cache/forecheck"),
        ("darwin", {"HOME": "/Users/u", "XDG_CACHE_HOME": "/var/c"}, "/Users/u/Library/Caches/forecheck"),
        ("linux", {"HOME": "/home/u", "FORECHECK_CACHE": "/tmp/c"}, "/tmp/c"),
        ("win32", {"USERPROFILE": "/u", "LOCALAPPDATA": "/u/local"}, "/u/local/forecheck/Cache"),
        ("win32", {"USERPROFILE": "/u"}, "/u/AppData/Local/forecheck/Cache"),
    ],
)
@posix
def test_the_place(platform: str, environ: dict[str, str], expected: str) -> None:
    assert default_directory(environ, platform) == expected


def test_nothing_is_done_before_it_is_used(place: Path) -> None:
    DiskCache(str(place)).close()
    assert not place.exists()
