"""Following an export: what is asked for, what becomes of each change, and what is not believed."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from forecheck.adapters.advisories import updating
from forecheck.adapters.advisories.database import FILE, Reader
from forecheck.adapters.advisories.replacing import Refused
from forecheck.decode import Malformed
from forecheck.model import Unavailable, UnavailableKind
from forecheck.ports import Request, Response
from tests.adapters.advisories.shop import NOW, bring_from, bring_in, bring_up_to_date, names
from tests.adapters.clients import ONCE, client
from tests.advisories.records import record
from tests.fakes.osv import OsvExport, Record
from tests.fakes.wire import Reply

K = UnavailableKind
START = datetime(2026, 5, 1, tzinfo=UTC)


def at(minutes: int) -> str:
    return (START + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def made(number: int, minutes: int = 0, *events: str, **fields: Any) -> dict[str, Any]:
    """The record GHSA-<number> about p<number>, changed so many minutes after the start."""
    plain = record(f"GHSA-{number}", f"p{number}", *(events or ("introduced 0",)), **fields)
    return {**plain, "modified": at(minutes)}


@pytest.fixture
def osv() -> Any:
    with OsvExport(made(number, number) for number in range(20)) as export:
        yield export


def held(folder: Path) -> set[str]:
    reader = Reader(str(folder / FILE))
    try:
        return set(reader.known())
    finally:
        reader.close()


def test_the_first_time_it_is_the_whole_export(osv: OsvExport, tmp_path: Path) -> None:
    brought = bring_up_to_date(tmp_path, osv)
    assert brought.whole
    assert brought.read == brought.head.status.records == 20
    assert brought.head.status.source == osv.url
    assert brought.head.status.as_of == START + timedelta(minutes=19)
    assert brought.head.status.updated_at == NOW
    assert osv.files == ["modified_id.csv", "all.zip"]


def test_after_that_it_is_what_has_changed(osv: OsvExport, tmp_path: Path) -> None:
    bring_up_to_date(tmp_path, osv)
    osv.put(made(3, 100, "introduced 0", "fixed 1.0.0"), made(77, 101))
    osv.files.clear()
    later = NOW + timedelta(days=1)
    brought = bring_up_to_date(tmp_path, osv, now=later)
    assert osv.files == ["modified_id.csv", "GHSA-3.json", "GHSA-77.json"]
    assert (brought.whole, brought.read, brought.removed) == (False, 2, ())
    assert names(tmp_path, "p3", "1.0.0") == []
    assert names(tmp_path, "p3", "0.9.0") == ["GHSA-3"]
    assert names(tmp_path, "p77") == ["GHSA-77"]
    status = brought.head.status
    assert (status.records, status.as_of, status.updated_at) == (21, START + timedelta(minutes=101), later)


def test_without_a_change_only_the_list_is_asked_for(osv: OsvExport, tmp_path: Path) -> None:
    bring_up_to_date(tmp_path, osv)
    osv.files.clear()
    later = NOW + timedelta(days=1)
    brought = bring_up_to_date(tmp_path, osv, now=later)
    assert osv.files == ["modified_id.csv"]
    assert (brought.read, brought.whole, brought.removed) == (0, False, ())
    assert brought.head.status.updated_at == later
    assert brought.head.status.as_of == START + timedelta(minutes=19)


def test_a_record_may_come_to_be_about_other_packages(osv: OsvExport, tmp_path: Path) -> None:
    bring_up_to_date(tmp_path, osv)
    moved = {**record("GHSA-3", "elsewhere", "introduced 0"), "modified": at(50)}
    osv.put(moved)
    bring_up_to_date(tmp_path, osv)
    assert names(tmp_path, "p3") == []
    assert names(tmp_path, "elsewhere") == ["GHSA-3"]


def test_a_record_that_is_withdrawn_holds_no_longer(osv: OsvExport, tmp_path: Path) -> None:
    bring_up_to_date(tmp_path, osv)
    osv.put(made(3, 50, withdrawn=at(50)))
    assert bring_up_to_date(tmp_path, osv).head.status.withdrawn == 1
    assert names(tmp_path, "p3") == []


def test_a_record_that_is_gone_is_named(osv: OsvExport, tmp_path: Path) -> None:
    bring_up_to_date(tmp_path, osv)
    osv.remove("GHSA-3")
    brought = bring_up_to_date(tmp_path, osv)
    assert brought.removed == ("GHSA-3",)
    assert names(tmp_path, "p3") == []
    assert brought.head.status.records == 19


def test_a_listed_record_that_is_not_there_is_named_kept_and_asked_for_again(
    osv: OsvExport, tmp_path: Path
) -> None:
    bring_up_to_date(tmp_path, osv)
    osv.put(made(3, 50, "introduced 5.0.0"), made(4, 60, "introduced 5.0.0"))
    osv.replies["GHSA-3.json"] = Reply(404)
    brought = bring_up_to_date(tmp_path, osv)
    assert [skip.name for skip in brought.missing] == ["GHSA-3"]
    assert "does not have it (404)" in brought.missing[0].why
    assert names(tmp_path, "p3") == ["GHSA-3"]
    assert names(tmp_path, "p4") == []
    del osv.replies["GHSA-3.json"]
    assert bring_up_to_date(tmp_path, osv).read == 1
    assert names(tmp_path, "p3") == []


@pytest.mark.parametrize(
    "body", [b"{", b'{"id": "GHSA-3"}', b'{"id": "GHSA-4", "modified": "2026-05-01T00:00:00Z"}', b"\xff"]
)
def test_a_changed_record_that_cannot_be_read_is_named_and_the_old_one_stays(
    osv: OsvExport, tmp_path: Path, body: bytes
) -> None:
    bring_up_to_date(tmp_path, osv)
    osv.put(made(3, 50))
    osv.replies["GHSA-3.json"] = Reply(200, {"content-type": "application/json"}, body)
    brought = bring_up_to_date(tmp_path, osv)
    assert [skip.name for skip in brought.skipped] == ["GHSA-3"]
    assert brought.head.status.skipped == 1
    assert names(tmp_path, "p3") == ["GHSA-3"]
    osv.files.clear()
    assert bring_up_to_date(tmp_path, osv).skipped == ()
    assert osv.files == ["modified_id.csv"]
    del osv.replies["GHSA-3.json"]
    osv.put(made(3, 51, "introduced 9.0.0"))
    assert bring_up_to_date(tmp_path, osv).head.status.skipped == 0
    assert names(tmp_path, "p3") == []


def test_when_too_much_has_changed_it_is_the_whole_export_again(tmp_path: Path) -> None:
    with OsvExport([made(0)]) as osv:
        bring_up_to_date(tmp_path, osv)
        osv.put(*(made(number, 10) for number in range(1, updating.SINGLY + 2)))
        osv.files.clear()
        brought = bring_up_to_date(tmp_path, osv)
        assert osv.files == ["modified_id.csv", "all.zip"]
        assert (brought.whole, brought.read) == (True, updating.SINGLY + 2)


def test_what_the_export_lacks_of_its_list_is_fetched(osv: OsvExport, tmp_path: Path) -> None:
    osv.export = set(osv.records) - {"GHSA-5", "GHSA-6"}
    brought = bring_up_to_date(tmp_path, osv)
    assert osv.files == ["modified_id.csv", "all.zip", "GHSA-5.json", "GHSA-6.json"]
    assert brought.read == brought.head.status.records == 20


def test_an_export_that_lacks_most_of_its_list_is_not_believed(tmp_path: Path) -> None:
    bring_in(tmp_path, made(0))
    with OsvExport(made(number) for number in range(updating.SINGLY * 2)) as osv:
        osv.export = {"GHSA-1"}
        with pytest.raises(Refused, match="holds 1 records, but its list names 2000"):
            bring_up_to_date(tmp_path, osv)
    assert names(tmp_path, "p0") == ["GHSA-0"]


def test_a_list_that_lacks_most_of_what_was_there_is_not_believed(tmp_path: Path) -> None:
    with OsvExport(made(number) for number in range(500)) as osv:
        bring_up_to_date(tmp_path, osv)
        osv.remove(*(f"GHSA-{number}" for number in range(300)))
        with pytest.raises(Refused, match="leaves out 300 of the 500 records that are known"):
            bring_up_to_date(tmp_path, osv)
    assert names(tmp_path, "p0") == ["GHSA-0"]


def test_without_a_list_it_is_the_whole_export_each_time(osv: OsvExport, tmp_path: Path) -> None:
    osv.replies["modified_id.csv"] = Reply(404)
    for _ in range(2):
        brought = bring_up_to_date(tmp_path, osv)
        assert brought.whole
        assert "each update fetches the whole export" in brought.notices[0]
    assert osv.asked("all.zip") == 2


def test_a_database_from_a_file_is_brought_up_to_date(osv: OsvExport, tmp_path: Path) -> None:
    bring_in(tmp_path, *(made(number, number) for number in range(15)), made(900))
    brought = bring_up_to_date(tmp_path, osv)
    assert osv.asked("all.zip") == 0
    assert (brought.read, brought.removed) == (5, ("GHSA-900",))
    assert held(tmp_path) == set(osv.records)


def test_the_precision_of_times_does_not_matter(tmp_path: Path) -> None:
    precise = {**made(1), "modified": "2026-05-01T00:00:00.123456789Z"}
    with OsvExport([precise]) as osv:
        osv.replies["modified_id.csv"] = Reply(200, {}, b"2026-05-01T00:00:00.9Z,GHSA-1\n")
        bring_up_to_date(tmp_path, osv)
        bring_up_to_date(tmp_path, osv)
        assert osv.files == ["modified_id.csv", "all.zip", "modified_id.csv"]


def test_a_damaged_database_is_made_anew(osv: OsvExport, tmp_path: Path) -> None:
    bring_up_to_date(tmp_path, osv)
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes()[:8192])
    brought = bring_up_to_date(tmp_path, osv)
    assert brought.whole
    assert "is damaged" in brought.notices[0]
    assert names(tmp_path, "p3") == ["GHSA-3"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE advisory SET payload = x'93'",
        "UPDATE advisory SET modified = 'x'",
        "DROP TABLE package",
        "DROP TABLE skipped",
        "DELETE FROM head",
    ],
)
def test_damage_that_shows_on_the_way_is_repaired_too(osv: OsvExport, tmp_path: Path, statement: str) -> None:
    bring_up_to_date(tmp_path, osv)
    connection = sqlite3.connect(tmp_path / FILE)
    with connection:
        connection.execute(statement)
    connection.close()
    osv.put(made(3, 50, "introduced 5.0.0"))
    brought = bring_up_to_date(tmp_path, osv)
    assert brought.whole
    assert "is damaged" in brought.notices[0]
    assert (names(tmp_path, "p3"), names(tmp_path, "p4")) == ([], ["GHSA-4"])


def test_another_source_is_not_asked_with_the_first_ones_validator(osv: OsvExport, tmp_path: Path) -> None:
    bring_up_to_date(tmp_path, osv)
    with OsvExport(osv.records.values()) as other:
        brought = bring_up_to_date(tmp_path, other)
        assert brought.head.status.source == other.url
        assert other.files == ["modified_id.csv"]


# -- what goes wrong


@pytest.mark.parametrize(
    ("file", "reply", "kind"),
    [
        ("modified_id.csv", Reply(503), K.REFUSED),
        ("modified_id.csv", Reply(403), K.REFUSED),
        ("modified_id.csv", Reply(200, {}, b"x" * 100, cut=50), K.MALFORMED),
        ("modified_id.csv", Reply(silent=True, reset=True), K.OFFLINE),
        ("modified_id.csv", Reply(200, {}, b"<html>sign in</html>"), None),
        ("modified_id.csv", Reply(200, {}, b""), None),
        ("GHSA-3.json", Reply(silent=True, reset=True), K.OFFLINE),
        ("GHSA-3.json", Reply(200, {"content-type": "text/html"}, b"<html>"), K.MALFORMED),
    ],
)
def test_a_failure_leaves_the_old_database(
    osv: OsvExport, tmp_path: Path, file: str, reply: Reply, kind: UnavailableKind | None
) -> None:
    bring_up_to_date(tmp_path, osv)
    osv.put(made(3, 50, "introduced 5.0.0"))
    osv.replies[file] = reply
    with pytest.raises(Malformed if kind is None else Unavailable) as caught:
        bring_up_to_date(tmp_path, osv)
    assert getattr(caught.value, "kind", None) is kind
    assert names(tmp_path, "p3") == ["GHSA-3"]
    osv.replies.clear()
    bring_up_to_date(tmp_path, osv)
    assert names(tmp_path, "p3") == []


@pytest.mark.parametrize("reply", [Reply(404), Reply(200, {}, b"PK\x03\x04"), Reply(silent=True, reset=True)])
def test_without_an_export_there_is_no_database(osv: OsvExport, tmp_path: Path, reply: Reply) -> None:
    osv.replies["all.zip"] = reply
    with pytest.raises((Unavailable, Malformed)):
        bring_up_to_date(tmp_path, osv)
    assert not (tmp_path / FILE).exists()


def test_what_came_before_a_failure_is_kept_and_no_newer_than_what_is_missing(
    osv: OsvExport, tmp_path: Path
) -> None:
    bring_up_to_date(tmp_path, osv)
    osv.put(*(made(number, 100 + number, "introduced 5.0.0") for number in range(10)))
    osv.replies["GHSA-6.json"] = Reply(silent=True, reset=True)
    with pytest.raises(Unavailable, match="6 of 10 changed advisories were taken in"):
        bring_up_to_date(tmp_path, osv)
    assert [names(tmp_path, f"p{number}") for number in (0, 5)] == [[], []]
    assert [names(tmp_path, f"p{number}") for number in (6, 7)] == [["GHSA-6"], ["GHSA-7"]]
    reader = Reader(str(tmp_path / FILE))
    assert reader.head.status.as_of == START + timedelta(minutes=105)
    reader.close()
    osv.replies.clear()
    osv.files.clear()
    assert bring_up_to_date(tmp_path, osv).read == 4
    assert sorted(osv.files[1:]) == [f"GHSA-{number}.json" for number in range(6, 10)]


def test_what_is_refused_one_by_one_is_named_unless_everything_is(osv: OsvExport, tmp_path: Path) -> None:
    bring_up_to_date(tmp_path, osv)
    osv.put(made(3, 50), made(4, 51))
    osv.replies["GHSA-3.json"] = Reply(403)
    assert [skip.name for skip in bring_up_to_date(tmp_path, osv).missing] == ["GHSA-3"]
    with pytest.raises(Unavailable, match=r"refused access \(403\)"):
        bring_up_to_date(tmp_path, osv)


def test_offline(osv: OsvExport, tmp_path: Path) -> None:
    bring_up_to_date(tmp_path, osv)
    with client(limits=ONCE, offline=True) as http, pytest.raises(Unavailable) as caught:
        bring_from(tmp_path, http, osv.url)
    assert caught.value.kind is K.OFFLINE
    assert names(tmp_path, "p3") == ["GHSA-3"]


class Recording:
    """Passes requests on and keeps them."""

    def __init__(self, answer: Callable[[Request], Response]) -> None:
        self.requests: list[Request] = []
        self._answer = answer

    def get(self, request: Request) -> Response:
        self.requests.append(request)
        return self._answer(request)


def test_every_request_has_its_limit_and_source(osv: OsvExport, tmp_path: Path) -> None:
    osv.export = set(osv.records) - {"GHSA-5"}
    with client(limits=ONCE) as http:
        recording = Recording(http.get)
        bring_from(tmp_path, recording, f"{osv.url}/")
    assert {request.source for request in recording.requests} == {"osv-export"}
    assert {request.url.removeprefix(osv.url): request.max_bytes for request in recording.requests} == {
        "/npm/modified_id.csv": 256 * 1024 * 1024,
        "/npm/all.zip": 2 * 1024 * 1024 * 1024,
        "/npm/GHSA-5.json": 16 * 1024 * 1024,
    }


def test_following_step_by_step_ends_where_the_whole_export_does(tmp_path: Path) -> None:
    """Thirty rounds of changes, one database following and one made anew: they hold for the same."""
    import random

    chance = random.Random(7)
    rounds: list[list[Record]] = []
    with OsvExport([made(number) for number in range(40)]) as osv:
        for minute in range(1, 31):
            changed = [
                made(number, minute, "introduced 0", f"fixed {chance.randint(0, 3)}.0.0")
                for number in chance.sample(range(60), 4)
            ]
            rounds.append(list(changed))
            osv.put(*changed)
            if minute % 7 == 0:
                osv.remove(chance.choice(sorted(osv.records)))
            bring_up_to_date(tmp_path / "following", osv)
        bring_up_to_date(tmp_path / "anew", osv)
        assert osv.asked("all.zip") == 2
        assert held(tmp_path / "following") == held(tmp_path / "anew") == set(osv.records)
    for number in range(60):
        for version in ("0.5.0", "1.5.0", "2.5.0", "3.5.0"):
            both = [names(tmp_path / folder, f"p{number}", version) for folder in ("following", "anew")]
            assert both[0] == both[1]
