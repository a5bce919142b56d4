"""A whole export → a database: what is taken in, what is not and why, and what no export looks like."""

import io
import os
import random
import sqlite3
import struct
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecheck.adapters.advisories import archive as limits
from forecheck.adapters.advisories.database import FILE
from forecheck.adapters.advisories.replacing import Refused, exclusive
from forecheck.adapters.advisories.store import DiskAdvisories
from forecheck.advisories.record import affects
from forecheck.decode import Malformed
from tests.adapters.advisories.shop import NOW, bring_in, bring_in_bytes, names
from tests.advisories.records import lines, record, recorded
from tests.fakes.osv import Record, archive

GOOD = record("GHSA-good", "left-pad", "introduced 0")


def test_every_recorded_record_comes_back_as_it_was(tmp_path: Path) -> None:
    files = [(f"{name}.json", line) for name, line in _recorded().items()]
    brought = bring_in(tmp_path, *files)
    assert (brought.read, brought.skipped, brought.ignored) == (50, (), ())
    store = DiskAdvisories(str(tmp_path))
    status = store.status()
    assert status is not None
    assert status.records == 50
    assert status.malware == sum(advisory.malware for advisory in recorded().values())
    assert status.withdrawn == sum(advisory.withdrawn is not None for advisory in recorded().values())
    assert status.as_of == max(advisory.modified for advisory in recorded().values())
    for advisory in recorded().values():
        for package in advisory.packages():
            for version in ("0.0.1", "1.0.0", "3.4.0", *advisory.about(package)[0].versions):
                found = store.lookup([(package, version)]).get((package, version), ())
                holds = advisory.withdrawn is None and affects(advisory, package, version)
                assert (advisory in found) is holds, (advisory.id, package, version)
    store.close()


def _recorded() -> dict[str, bytes]:
    found = [line for name in ("shapes.jsonl", "newer.jsonl") for line in lines(name)]
    return dict(zip(recorded(), found, strict=True))


def test_a_folder_in_the_archive_does_not_matter(tmp_path: Path) -> None:
    brought = bring_in(tmp_path, GOOD, prefix="all/")
    assert (brought.read, brought.ignored) == (1, ())
    assert names(tmp_path) == ["GHSA-good"]


def test_withdrawn_records_are_kept_and_hold_for_nothing(tmp_path: Path) -> None:
    withdrawn = record("GHSA-gone", "left-pad", "introduced 0", withdrawn="2026-05-02T00:00:00Z")
    status = bring_in(tmp_path, GOOD, withdrawn).head.status
    assert (status.records, status.withdrawn) == (2, 1)
    assert names(tmp_path) == ["GHSA-good"]


def test_nothing_is_dropped_without_a_word(tmp_path: Path) -> None:
    files: list[Record | tuple[str, bytes]] = [
        GOOD,
        ("README.md", b"hello"),
        ("bad-json.json", b"{"),
        ("GHSA-bad.json", b'{"id": "GHSA-bad", "modified": "soon"}'),
        ("empty.json", b""),
        ("odd/GHSA-odd.json", b'{"id": "GHSA-odd", "modified": "2026-05-01T00:00:00Z", "affected": 7}'),
    ]
    brought = bring_in(tmp_path, *files)
    assert brought.read == 1
    assert [(skip.name, skip.why) for skip in brought.skipped] == [
        ("bad-json.json", "is not valid JSON: Input data was truncated"),
        ("GHSA-bad.json", "Invalid RFC3339 encoded datetime ($.modified)"),
        ("empty.json", "is not valid JSON: Input data was truncated"),
        ("odd/GHSA-odd.json", "Expected array | null, got int ($.affected)"),
    ]
    assert [skip.name for skip in brought.ignored] == ["README.md"]
    assert brought.head.status.skipped == 4


def test_of_two_copies_the_newer_counts(tmp_path: Path) -> None:
    old = {**record("GHSA-a", "left-pad", "introduced 9.0.0"), "modified": "2026-04-01T00:00:00Z"}
    new = record("GHSA-a", "left-pad", "introduced 0")
    for order in ([new, old], [old, new]):
        files = [(f"{number}.json", _json(each)) for number, each in enumerate(order)]
        brought = bring_in(tmp_path, *files)
        assert names(tmp_path) == ["GHSA-a"]
        assert brought.head.status.records == 1
    brought = bring_in(tmp_path, ("0.json", _json(new)), ("1.json", _json(old)))
    assert [skip.name for skip in brought.ignored] == ["1.json"]


def _json(document: object) -> bytes:
    import json

    return json.dumps(document).encode()


def test_a_new_export_replaces_the_old_one(tmp_path: Path) -> None:
    bring_in(tmp_path, GOOD)
    bring_in(tmp_path, record("GHSA-other", "left-pad", "introduced 0"))
    assert names(tmp_path) == ["GHSA-other"]
    assert sorted(os.listdir(tmp_path)) == ["advisories.lock", FILE]
    assert not (tmp_path / FILE).stat().st_mode & 0o077 or os.name != "posix"


def test_a_record_may_name_a_package_twice_and_many(tmp_path: Path) -> None:
    document = record("GHSA-many", "a", "introduced 1.0.0", "fixed 2.0.0")
    again = record("x", "a", "introduced 3.0.0")["affected"]
    more = [record("x", f"p{number}", "introduced 0")["affected"][0] for number in range(600)]
    document["affected"] += again + more
    bring_in(tmp_path, document)
    assert [names(tmp_path, "a", version) for version in ("1.5.0", "2.5.0", "3.5.0")] == [
        ["GHSA-many"],
        [],
        ["GHSA-many"],
    ]
    assert names(tmp_path, "p599") == ["GHSA-many"]


@pytest.mark.parametrize("name", ["@scope/pkg", "ünïcode", "a'b\"c;--", "a\x00b", "constructor", "💥"])
def test_any_name_is_found_again(tmp_path: Path, name: str) -> None:
    bring_in(tmp_path, record("GHSA-n", name, "introduced 0"))
    assert names(tmp_path, name) == ["GHSA-n"]
    assert names(tmp_path, f"{name}x") == []


def test_an_export_from_the_future_does_not_make_the_data_young(tmp_path: Path) -> None:
    late = {**GOOD, "id": "GHSA-late", "modified": "2036-01-01T00:00:00Z"}
    brought = bring_in(tmp_path, GOOD, late)
    assert brought.head.status.as_of == datetime(2026, 5, 1, tzinfo=UTC)
    assert "dated as late as 2036-01-01" in brought.notices[0]


def test_a_clock_in_the_past_makes_nothing_fresh(tmp_path: Path) -> None:
    past = datetime(2001, 1, 1, tzinfo=UTC)
    status = bring_in(tmp_path, GOOD, now=past).head.status
    for now in (past, NOW, NOW + timedelta(days=1)):
        assert not status.fresh(now, timedelta(days=365))


# -- archives that are none


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    bring_in(tmp_path, GOOD)
    return tmp_path


def _refused(folder: Path, data: bytes, words: str) -> None:
    with pytest.raises(Malformed) as caught:
        bring_in_bytes(folder, data)
    assert words in str(caught.value)
    assert caught.value.where == "all.zip"
    assert names(folder) == ["GHSA-good"]
    assert sorted(os.listdir(folder)) == ["advisories.lock", FILE]


OTHER = [record(f"GHSA-{number}", "other", "introduced 0") for number in range(50)]


@pytest.mark.parametrize("data", [b"", b"PK", b"hello" * 1000, b"\x00" * 100_000, b"<html>no</html>"])
def test_what_is_no_archive(filled: Path, data: bytes) -> None:
    _refused(filled, data, "is not a zip archive, or its end is missing")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_export(filled: Path, share: float) -> None:
    data = archive(OTHER)
    _refused(filled, data[: int(len(data) * share)], "")


def test_a_damaged_record_ends_it(filled: Path) -> None:
    data = bytearray(archive(OTHER))
    at = data.index(b"GHSA-7.json") + 20
    data[at] ^= 0xFF
    _refused(filled, bytes(data), "is damaged")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_changed_byte_is_noticed_or_changes_nothing(filled: Path, data: st.DataObject) -> None:
    whole = archive(OTHER)
    at, flip = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(1, 255))
    changed = whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1 :]
    try:
        brought = bring_in_bytes(filled, changed)
    except Malformed:
        assert names(filled) == ["GHSA-good"]
    else:
        assert brought.read + len(brought.skipped) + len(brought.ignored) == len(OTHER)
        bring_in(filled, GOOD)


def test_no_advisory_at_all(filled: Path) -> None:
    _refused(filled, archive([]), "holds no advisory")
    _refused(filled, archive([("README.md", b"x")]), "holds no advisory")
    _refused(filled, archive([("a.json", b"{}")]), "holds no advisory that can be read (the first: a.json")


def test_mostly_unreadable_is_not_an_export_of_a_kind_we_know(filled: Path) -> None:
    bad = [(f"bad{number}.json", b"{}") for number in range(11)]
    _refused(filled, archive([*OTHER, *bad]), "11 of its 61 records cannot be read (the first: bad0.json")
    assert len(bring_in(filled, *OTHER, *bad[:10]).skipped) == 10


def test_more_than_an_export_unpacks_to(filled: Path) -> None:
    bomb = ("bomb.json", b" " * (15 * 1024 * 1024))
    _refused(filled, archive([bomb, *OTHER]), "which no export does")


def test_a_record_larger_than_any(filled: Path) -> None:
    _refused(filled, archive([("big.json", random.Random(1).randbytes(17 * 1024 * 1024))]), "is larger than")


def test_a_record_that_lies_about_its_size(filled: Path) -> None:
    data = bytearray(archive(OTHER))
    central = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, central + 24, 10)
    _refused(filled, bytes(data), "is damaged")


def test_a_table_of_contents_larger_than_any(filled: Path) -> None:
    data = bytearray(archive(OTHER))
    end = data.rindex(b"PK\x05\x06")
    struct.pack_into("<L", data, end + 12, limits.MAX_DIRECTORY + 1)
    _refused(filled, bytes(data), "bytes of table of contents")


def test_an_encrypted_record(filled: Path) -> None:
    data = bytearray(archive(OTHER))
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + 8, 1)
    _refused(filled, bytes(data), "is encrypted")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_compression_exports_do_not_use(filled: Path, method: int) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as zipped:
        zipped.writestr("a.json", b"{}")
    _refused(filled, file.getvalue(), "is compressed in a way exports are not")


# -- what is in the way


def test_a_damaged_database_is_made_anew(filled: Path) -> None:
    (filled / FILE).write_bytes((filled / FILE).read_bytes()[:5000])
    brought = bring_in(filled, GOOD)
    assert "is damaged" in brought.notices[0]
    assert names(filled) == ["GHSA-good"]


def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("CREATE TABLE mine (x)")
    connection.close()
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(Refused, match="is not an advisory database") as caught:
        bring_in(tmp_path, GOOD)
    assert "out of the way" in caught.value.hint
    assert (tmp_path / FILE).read_bytes() == before


def test_a_newer_database_is_left_alone(filled: Path) -> None:
    connection = sqlite3.connect(filled / FILE)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(Refused, match=r"made by a newer forecheck \(format 99\)"):
        bring_in(filled, GOOD)


def test_one_at_a_time(tmp_path: Path) -> None:
    with (
        exclusive(str(tmp_path)),
        pytest.raises(Refused, match="another forecheck is bringing the advisory database up to date"),
        exclusive(str(tmp_path)),
    ):
        pass
    bring_in(tmp_path, GOOD)


def test_what_an_interrupted_run_left_is_swept_away(tmp_path: Path) -> None:
    bring_in(tmp_path, GOOD)
    (tmp_path / f"{FILE}.new").write_bytes(b"half")
    (tmp_path / f"{FILE}.new-journal").write_bytes(b"half")
    assert names(tmp_path) == ["GHSA-good"]
    bring_in(tmp_path, GOOD)
    assert sorted(os.listdir(tmp_path)) == ["advisories.lock", FILE]


@pytest.mark.skipif(os.name != "posix", reason="the folder's access list decides elsewhere")
def test_a_folder_that_others_can_write_is_not_used(tmp_path: Path) -> None:
    bring_in(tmp_path, GOOD)
    tmp_path.chmod(0o777)
    with pytest.raises(Refused, match="can be written by other users"):
        bring_in(tmp_path, GOOD)
