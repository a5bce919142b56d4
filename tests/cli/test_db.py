"""`forecheck db` as a person uses it."""

import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from forecheck.adapters.advisories.database import FILE
from forecheck.adapters.advisories.replacing import exclusive
from forecheck.cli.main import run
from forecheck.cli.ports import Ports
from forecheck.report import Exit
from tests.advisories.records import record
from tests.fakes.osv import OsvExport, archive
from tests.fakes.wire import Reply

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Person:
    """Runs forecheck in a folder of their own; `out` and `err` are what the last command said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.settings = folder / "settings.toml"
        self.settings.write_text("")
        self.env = {
            "HOME": str(folder),
            "USERPROFILE": str(folder),
            "FORECHECK_CACHE": str(self.data),
            "FORECHECK_CONFIG": str(self.settings),
        }
        self.now = NOW
        self.terminal = False
        self.out = self.err = ""

    def follow(self, url: str, more: str = "") -> None:
        self.settings.write_text(f'[sources.osv-export]\nurl = "{url}"\n{more}')

    def run(self, *arguments: str) -> int:
        out, err = io.StringIO(), Terminal() if self.terminal else io.StringIO()
        code = run([*arguments], Ports(io.StringIO(), out, err, self.env, str(self.folder), lambda: self.now))
        self.out, self.err = out.getvalue(), err.getvalue()
        return code


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path)


@pytest.fixture
def osv(person: Person) -> Iterator[OsvExport]:
    good = [record(f"GHSA-{number}", f"p{number}", "introduced 0") for number in range(30)]
    with OsvExport([*good, record("MAL-2026-1", "evil", "introduced 0")]) as export:
        person.follow(export.url)
        yield export


def test_without_a_database_the_status_says_how_to_get_one(person: Person) -> None:
    assert person.run("db", "status") == Exit.NOTHING
    assert person.err == (
        f"forecheck: there is no advisory database ({person.data / FILE})\n  → forecheck db update\n"
    )
    assert not person.data.exists()


def test_update_and_status(person: Person, osv: OsvExport) -> None:
    assert person.run("db", "update") == 0
    assert person.out == (
        "the advisory database was made anew\n"
        "holds      31 records: 1 of malware, 0 withdrawn\n"
        "as of      2026-05-01 00:00 UTC, 2 days old\n"
        "fetched    2026-05-03 12:00 UTC\n"
        f"from       {osv.url}\n"
    )
    assert person.err == ""
    assert person.run("db", "status") == 0
    assert person.out.splitlines()[:4] == [
        "holds      31 records: 1 of malware, 0 withdrawn",
        "as of      2026-05-01 00:00 UTC, 2 days old",
        "fetched    2026-05-03 12:00 UTC",
        f"from       {osv.url}",
    ]
    assert person.out.splitlines()[4].startswith(f"kept in    {person.data / FILE} (0.")
    assert person.run("db", "update") == 0
    assert person.out.startswith("the advisory database was up to date already\n")


def test_what_changed_is_counted_and_what_is_gone_named(person: Person, osv: OsvExport) -> None:
    person.run("db", "update")
    osv.put({**record("GHSA-1", "p1", "introduced 2.0.0"), "modified": "2026-05-02T00:00:00Z"})
    osv.remove(*(f"GHSA-{number}" for number in range(20, 27)))
    assert person.run("db", "update") == 0
    assert person.out.startswith("the advisory database is up to date; changed: 1 record\n")
    assert "7 are gone from the source, and from here:\n  GHSA-20\n" in person.out
    assert "  and 2 more (--verbose lists them)\n" in person.out
    assert "as of      2026-05-02 00:00 UTC, 1 day old" in person.out


def test_verbose_lists_all(person: Person, osv: OsvExport) -> None:
    person.run("db", "update")
    osv.remove(*(f"GHSA-{number}" for number in range(20, 27)))
    assert person.run("db", "update", "--verbose") == 0
    assert "  GHSA-26\n" in person.out
    assert "more" not in person.out


def test_import(person: Person) -> None:
    files: list[Any] = [
        record("GHSA-1", "p1", "introduced 0"),
        ("README.md", b"x"),
        ("bad\x1b[31m.json", b"{}"),
    ]
    (person.folder / "all.zip").write_bytes(archive(files))
    assert person.run("db", "import", "all.zip") == 0
    assert person.out == (
        "the advisory database was made anew\n"
        "holds      1 record: 0 of malware, 0 withdrawn\n"
        "as of      2026-05-01 00:00 UTC, 2 days old\n"
        "fetched    2026-05-03 12:00 UTC\n"
        "from       all.zip\n"
        "1 could not be read:\n"
        "  bad\\x1b[31m.json: Object missing required field id\n"
        "1 files were left out:\n"
        "  README.md: is not a record by its name\n"
    )
    assert person.run("db", "status") == 0
    assert "1 could not be read:\n  bad\\x1b[31m.json: Object" in person.out


def test_an_old_import_is_out_of_date_however_new_the_file(person: Person) -> None:
    (person.folder / "all.zip").write_bytes(archive([record("GHSA-1", "p1", "introduced 0")]))
    person.now = NOW + timedelta(days=100)
    assert person.run("db", "import", "all.zip") == 0
    assert (
        "as of      2026-05-01 00:00 UTC, 102 days old: out of date, for advisories.max-age is 7d\n"
        in person.out
    )
    assert person.run("db", "status") == 0
    assert "→ forecheck db update\n" in person.out


def test_max_age_is_configured(person: Person, osv: OsvExport) -> None:
    person.follow(osv.url, '[advisories]\nmax-age = "1d"\n')
    person.run("db", "update")
    assert "2 days old: out of date, for advisories.max-age is 1d\n" in person.out


def test_a_clock_in_the_past_is_said(person: Person, osv: OsvExport) -> None:
    person.run("db", "update")
    person.now = NOW - timedelta(days=365)
    assert person.run("db", "status") == 0
    assert "later than this machine's clock, which cannot be right: it counts as out of date\n" in person.out
    assert "→ forecheck db update\n" in person.out


@pytest.mark.parametrize("name", ["none.zip", ".", "none/none.zip"])
def test_a_file_that_cannot_be_read(person: Person, name: str) -> None:
    assert person.run("db", "import", name) == Exit.USAGE
    assert person.err.startswith(f"forecheck: cannot read {name}: ")


def test_a_file_that_is_no_export(person: Person, osv: OsvExport) -> None:
    person.run("db", "update")
    (person.folder / "page.zip").write_text("<html>")
    assert person.run("db", "import", "page.zip") == Exit.USAGE
    assert person.err == (
        "forecheck: page.zip: is not a zip archive, or its end is missing\n  → the database is as it was\n"
    )
    assert person.run("db", "status") == 0


@pytest.mark.parametrize("reply", [Reply(503), Reply(404), Reply(200, {}, b"PK")])
def test_a_source_that_fails(person: Person, osv: OsvExport, reply: Reply) -> None:
    person.follow(osv.url, "attempts = 1\n")
    osv.replies["all.zip"] = reply
    assert person.run("db", "update") == Exit.WORLD
    assert person.err.startswith("forecheck: ")
    assert "  → the database is as it was" in person.err
    assert person.run("db", "status") == Exit.NOTHING


def test_offline_nothing_is_fetched(person: Person, osv: OsvExport) -> None:
    for arguments in (["--offline", "db", "update"], ["db", "update", "--offline"]):
        assert person.run(*arguments) == Exit.WORLD
        assert "this run is offline" in person.err
        assert "forecheck db import FILE.zip works without a network" in person.err
    assert not osv.files


def test_a_source_that_is_switched_off(person: Person, osv: OsvExport) -> None:
    person.follow(osv.url, "enabled = false\n")
    assert person.run("db", "update") == Exit.USAGE
    assert "sources.osv-export is switched off" in person.err
    assert not osv.files


def test_another_run_is_in_the_way(person: Person, osv: OsvExport) -> None:
    with exclusive(str(person.data)):
        assert person.run("db", "update") == Exit.WORLD
    assert person.err == (
        "forecheck: another forecheck is bringing the advisory database up to date\n"
        "  → wait for it, then try again\n"
    )


def test_a_damaged_database_is_said_and_made_anew(person: Person, osv: OsvExport) -> None:
    person.run("db", "update")
    path = person.data / FILE
    path.write_bytes(path.read_bytes()[:-1000])
    assert person.run("db", "status") == Exit.WORLD
    assert f"{path} is damaged: it has" in person.err
    assert "  → forecheck db update makes it anew\n" in person.err
    assert person.run("db", "update") == 0
    assert f"note: {path} is damaged: it has" in person.out


def test_a_foreign_file_is_said_and_left(person: Person, osv: OsvExport) -> None:
    person.data.mkdir(mode=0o700)
    (person.data / FILE).write_bytes(b"my shopping list " * 100)
    assert person.run("db", "status") == Exit.WORLD
    assert "is not an advisory database of forecheck\n" in person.err
    assert person.run("db", "update") == Exit.WORLD
    assert "out of the way" in person.err
    assert (person.data / FILE).read_bytes() == b"my shopping list " * 100


def test_a_disk_that_cannot_be_written(person: Person, osv: OsvExport) -> None:
    person.data.write_text("a file where the folder belongs")
    assert person.run("db", "update") == Exit.WORLD
    assert "cannot be written" in person.err


def test_progress_is_shown_on_a_terminal(person: Person, osv: OsvExport) -> None:
    person.terminal = True
    assert person.run("db", "update") == 0
    for stage in ("asking what has changed", "downloading all advisories", "reading advisories 0/31"):
        assert stage in person.err
    assert person.err.endswith("\r")
    osv.put({**record("GHSA-1", "p1", "introduced 2.0.0"), "modified": "2026-05-02T00:00:00Z"})
    person.run("db", "update")
    assert "fetching changed advisories 0/1" in person.err


def test_no_project_says_through_whom_the_database_comes(person: Person, osv: OsvExport) -> None:
    """It serves every project; one that is hostile must not make it up."""
    (person.folder / "project").mkdir()
    project = person.folder / "project"
    (project / "package.json").write_text("{}")
    (project / ".npmrc").write_text("proxy=http://127.0.0.1:9\nhttps-proxy=http://127.0.0.1:9\nnoproxy=\n")
    (project / "forecheck.toml").write_text('[sources.osv-export]\nurl = "http://127.0.0.1:9"\n')
    person.folder = project
    assert person.run("db", "update") == 0


def test_the_cache_dir_is_followed(person: Person, osv: OsvExport) -> None:
    person.follow(osv.url, f'[network]\ncache-dir = "{(person.folder / "mine").as_posix()}"\n')
    assert person.run("db", "update") == 0
    assert (person.folder / "mine" / FILE).exists()


@pytest.mark.parametrize("command", [["db"], ["db", "nonsense"], ["db", "import"]])
def test_what_makes_no_sense(person: Person, command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert person.run(*command) == Exit.USAGE
    assert "usage: forecheck db" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["db", "db update", "db import", "db status"])
def test_help_teaches(person: Person, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert person.run(*command.split(), "--help") == 0
    told = capsys.readouterr().out
    assert f"usage: forecheck {command}" in told
    assert ("examples:" in told) == (command == "db")


def test_nothing_is_left_open(person: Person, osv: OsvExport) -> None:
    person.run("db", "update")
    person.run("db", "status")
    os.remove(person.data / FILE)
    assert person.run("db", "status") == Exit.NOTHING
