"""`forecheck allow` writes exactly one exception, where it was asked to, and gives nobody else's file trust."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from forecheck.adapters.settings import load, places, read
from forecheck.cli import allow
from forecheck.cli.refusal import UsageRefused
from forecheck.config import ConfigError, FileConfig, parse
from forecheck.config.trust import Trust
from forecheck.discover import checks
from tests.cli.commands import KNOWN, TODAY, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, allow.add_parser)


def parsed(path: str | Path) -> FileConfig:
    return parse(read(str(path)).text, str(path), checks())


def own_path(desk: Desk) -> str:
    return places(desk.env, str(desk.project)).config


def trust_of(desk: Desk) -> Trust:
    return load(str(desk.project), desk.env, checks()).trust


def test_goes_into_the_users_own_file(desk: Desk) -> None:
    assert desk.run("allow", KNOWN, "@corp/x@^1.2", "--reason", "we wrote it", "--until", "2026-12-31") == 0
    (ignore,) = parsed(own_path(desk)).ignores
    assert (ignore.check, ignore.package, ignore.reason, ignore.until) == (
        KNOWN,
        "@corp/x@^1.2",
        "we wrote it",
        date(2026, 12, 31),
    )
    assert not desk.file.exists()
    assert "until 2026-12-31" in desk.says
    assert own_path(desk) in desk.says


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ((), TODAY + timedelta(days=90)),
        (("--until", "30d"), TODAY + timedelta(days=30)),
        (("--until", "P2W"), TODAY + timedelta(days=14)),
        (("--until", TODAY.isoformat()), TODAY),
    ],
)
def test_there_is_always_an_end(desk: Desk, until: tuple[str, ...], last: date) -> None:
    desk.run("allow", KNOWN, "x", "--reason", "r", *until)
    assert parsed(own_path(desk)).ignores[0].until == last


@pytest.mark.parametrize(
    "arguments",
    [
        (KNOWN, "x"),
        (KNOWN, "x", "--reason", " "),
        (KNOWN, "x", "--reason", "two\nlines"),
        (KNOWN, "x@latest", "--reason", "r"),
        (KNOWN, "x", "--reason", "r", "--until", "soon"),
        (KNOWN, "x", "--reason", "r", "--until", "2026-02-30"),
        (KNOWN, "x", "--reason", "r", "--until", "999999999d"),
    ],
)
def test_bad_arguments_are_refused(
    desk: Desk, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        desk.run("allow", *arguments)
    assert stop.value.code == 2
    assert "allow" in capsys.readouterr().err
    assert list(desk.home.iterdir()) == []


@pytest.mark.parametrize("until", ["999999w", "9999-12-31"])
def test_the_far_future(desk: Desk, until: str) -> None:
    if until.endswith("w"):
        with pytest.raises(UsageRefused):
            desk.run("allow", KNOWN, "x", "--reason", "r", "--until", until)
    else:
        assert desk.run("allow", KNOWN, "x", "--reason", "r", "--until", until) == 0


def test_a_day_that_is_over_is_refused(desk: Desk) -> None:
    with pytest.raises(UsageRefused, match="is over"):
        desk.run("allow", KNOWN, "x", "--reason", "r", "--until", (TODAY - timedelta(days=1)).isoformat())
    assert list(desk.home.iterdir()) == []


def test_an_unknown_check_has_a_suggestion(desk: Desk) -> None:
    with pytest.raises(UsageRefused) as refused:
        desk.run("allow", f"{KNOWN}s", "x", "--reason", "r")
    assert refused.value.hint == f"did you mean {KNOWN}?"


def test_exceptions_add_up(desk: Desk) -> None:
    for package in ("a", "b@1.0.0"):
        desk.run("allow", KNOWN, package, "--reason", "r")
    assert [ignore.package for ignore in parsed(own_path(desk)).ignores] == ["a", "b@1.0.0"]


def test_a_broken_file_of_ones_own_is_not_touched(desk: Desk) -> None:
    path = Path(own_path(desk))
    path.parent.mkdir(parents=True)
    path.write_text("[polcy]\n")
    with pytest.raises(ConfigError, match="polcy"):
        desk.run("allow", KNOWN, "x", "--reason", "r")
    assert path.read_text() == "[polcy]\n"


def test_a_new_project_file_is_ones_own_work(desk: Desk) -> None:
    inside = desk.project / "packages"
    inside.mkdir()
    args = ("allow", KNOWN, "x", "--reason", "r", "--project")
    assert desk.run(*args, folder=inside) == 0
    assert [ignore.package for ignore in parsed(desk.file).ignores] == ["x"]
    assert trust_of(desk) is Trust.TRUSTED
    assert "forecheck trust" not in desk.says
    desk.run(*args)
    assert len(parsed(desk.file).ignores) == 2
    assert trust_of(desk) is Trust.TRUSTED


def test_a_strangers_file_stays_a_strangers(desk: Desk) -> None:
    desk.file.write_text("# cloned\n[policy]\nblock-at = 'critical'\n")
    assert desk.run("allow", KNOWN, "x", "--reason", "r", "--project") == 0
    assert trust_of(desk) is Trust.UNKNOWN
    assert "forecheck trust" in desk.says
    assert len(parsed(desk.file).ignores) == 1


def test_a_file_that_changed_since_it_was_trusted_stays_a_strangers(desk: Desk) -> None:
    args = ("allow", KNOWN, "x", "--reason", "r", "--project")
    desk.run(*args)
    desk.file.write_text(desk.file.read_text() + "[policy]\nblock-at = 'critical'\n")
    desk.run(*args)
    assert trust_of(desk) is Trust.CHANGED
    assert "forecheck trust" in desk.says


def test_the_projects_file_as_ones_own_needs_no_trust(desk: Desk) -> None:
    desk.file.touch()
    desk.env["FORECHECK_CONFIG"] = "forecheck.toml"
    assert desk.run("allow", KNOWN, "x", "--reason", "r", "--project") == 0
    assert len(parsed(desk.file).ignores) == 1
    assert "forecheck trust" not in desk.says


def test_what_is_printed_cannot_move_the_cursor(desk: Desk) -> None:
    strange = desk.project / "sub\x1b[2J"
    strange.mkdir()
    desk.env["FORECHECK_CONFIG"] = str(strange / "own.toml")
    desk.run("allow", KNOWN, "x", "--reason", "r")
    assert "\x1b" not in desk.says
    assert "\\x1b" in desk.says
