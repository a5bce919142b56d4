"""From a verdict to what happens: npm is started only if nothing, or somebody, stands against it."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from forecheck.app import Audit
from forecheck.cli.enforce import enforce
from forecheck.cli.options import Options
from forecheck.cli.output import chosen_reporter, style_for
from forecheck.cli.ports import Ports
from forecheck.cli.refusal import UsageRefused
from forecheck.config import Config, defaults
from forecheck.engine import Facts
from forecheck.graph import wire
from forecheck.lockfiles.npm import parse
from forecheck.model import Confidence, Decision, Finding, Missing, Severity, Subject, Unresolved
from forecheck.ports import Resolution
from forecheck.report import Exit, Judged, Report, Verdict
from forecheck.resolve.plan import plan_of

PUBLIC = "https://registry.npmjs.org/"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
STRONG = "sha512-" + "A" * 86 + "=="
LOST = Unresolved("lost", "*", PUBLIC, Missing.PACKAGE)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Manager:
    """Implements the package manager port: notes what it is made to install."""

    name = "npm"
    version = "11.0.0"

    def __init__(self, code: int = 0, strangers: tuple[str, ...] = ()) -> None:
        self.code = code
        self.strangers = strangers
        self.applied: list[dict[str, str]] = []

    def resolve(self, while_waiting: Callable[[Sequence[Subject]], None]) -> Resolution:
        raise NotImplementedError

    def apply(self, pins: Mapping[str, str]) -> int:
        self.applied.append(dict(pins))
        return self.code

    def unaudited(self) -> tuple[str, ...]:
        return self.strangers

    def close(self) -> None: ...


def audited(
    decision: Decision,
    *,
    integrity: str = STRONG,
    unresolved: tuple[Unresolved, ...] = (),
    examined: bool = True,
) -> Audit:
    fields = f'"version": "1.0.0", "integrity": "{integrity}"'
    text = f'{{"lockfileVersion": 3, "packages": {{"node_modules/a": {{{fields}}}}}}}'
    lockfile = parse(text.encode(), "package-lock.json", lambda _: PUBLIC)
    finding = Finding("typosquat", lockfile.entries[0].release, Severity.HIGH, Confidence.HIGH, "seen")
    judged = () if decision is Decision.ALLOW else (Judged(finding, decision, "why"),)
    report = Report(
        command="npm install",
        plan=plan_of(lockfile, None, manager="npm", manager_version="11.0.0", unresolved=unresolved),
        outcomes=tuple(one.outcome for one in judged),
        verdict=Verdict(decision, judged, examined=examined),
        tool_version="0",
        data=(),
        started=NOW,
        elapsed=timedelta(0),
    )
    return Audit(report, Facts(wire([], [], []), {}))


class Desk:
    def __init__(self, answer: str | None = None, config: Config | None = None) -> None:
        self.stdin = io.StringIO() if answer is None else Terminal(answer)
        self.stderr = io.StringIO() if answer is None else Terminal()
        self.config = config or defaults(())
        self.manager = Manager()

    @property
    def ports(self) -> Ports:
        return Ports(self.stdin, io.StringIO(), self.stderr, {}, "/", lambda: NOW)

    def enforce(self, audit: Audit, options: Options | None = None) -> int:
        return enforce(audit, self.manager, self.config, options or Options(), self.ports)


def test_what_nothing_stands_against_is_installed_and_npms_code_is_ours() -> None:
    desk = Desk()
    desk.manager.code = 7
    assert desk.enforce(audited(Decision.ALLOW)) == 7
    assert desk.manager.applied == [{}]


@pytest.mark.parametrize("options", [Options(), Options(yes=True), Options(dry_run=True)])
@pytest.mark.parametrize("answer", [None, "y\n"])
def test_a_block_is_never_gone_past(options: Options, answer: str | None) -> None:
    desk = Desk(answer)
    assert desk.enforce(audited(Decision.BLOCK), options) == Exit.FINDINGS
    assert desk.manager.applied == []
    assert "Install anyway" not in desk.stderr.getvalue()


@pytest.mark.parametrize("answer", ["y\n", "Y\n", "yes\n", " YES \n", "y"])
def test_yes_is_yes(answer: str) -> None:
    desk = Desk(answer)
    assert desk.enforce(audited(Decision.WARN)) == Exit.ALLOW
    assert len(desk.manager.applied) == 1


@pytest.mark.parametrize("answer", ["", "\n", "n\n", "no\n", "ye\n", "yess\n", "yes please\n", "\x1b\n"])
def test_anything_else_is_no(answer: str) -> None:
    desk = Desk(answer)
    assert desk.enforce(audited(Decision.WARN)) == Exit.DECLINED
    assert desk.manager.applied == []
    assert "Nothing was installed." in desk.stderr.getvalue()


def test_yes_in_advance_is_not_asked_again() -> None:
    desk = Desk("n\n")
    assert desk.enforce(audited(Decision.WARN), Options(yes=True)) == Exit.ALLOW
    assert "Install anyway" not in desk.stderr.getvalue()


def test_strict_stops_at_a_warning_whatever_is_said() -> None:
    desk = Desk("y\n", defaults(()).strictly())
    assert desk.enforce(audited(Decision.WARN), Options(yes=True)) == Exit.FINDINGS
    assert desk.manager.applied == []


@pytest.mark.parametrize("decision", [Decision.ALLOW, Decision.WARN])
def test_a_dry_run_installs_nothing_and_asks_nobody(decision: Decision) -> None:
    desk = Desk("y\n")
    assert desk.enforce(audited(decision), Options(dry_run=True)) == Exit.ALLOW
    assert desk.manager.applied == []
    assert desk.stderr.getvalue() == ""


@pytest.mark.parametrize("decision", list(Decision))
def test_what_the_registry_does_not_have_is_never_success(decision: Decision) -> None:
    desk = Desk("y\n")
    code = desk.enforce(audited(decision, unresolved=(LOST,)), Options(yes=True))
    assert code != Exit.ALLOW
    assert desk.manager.applied == []


def test_what_no_check_looked_at_is_not_installed() -> None:
    desk = Desk()
    assert desk.enforce(audited(Decision.ALLOW, examined=False)) == Exit.NOTHING
    assert desk.manager.applied == []


@pytest.mark.parametrize("integrity", ["", "md5-x"])
def test_what_nothing_pins_is_not_installed(integrity: str) -> None:
    desk = Desk("y\n")
    assert desk.enforce(audited(Decision.ALLOW, integrity=integrity), Options(yes=True)) == Exit.FINDINGS
    assert desk.manager.applied == []
    assert "a@1.0.0  (node_modules/a)" in desk.stderr.getvalue()


def test_npm_is_not_believed_to_have_kept_to_the_plan() -> None:
    desk = Desk()
    desk.manager.strangers = ("evil\x1b[2J@1.0.0 at node_modules/evil",)
    assert desk.enforce(audited(Decision.ALLOW)) == Exit.BUG
    assert r"  evil\x1b[2J@1.0.0 at node_modules/evil" in desk.stderr.getvalue()


class Latin(Terminal):
    encoding = "latin-1"


@pytest.mark.parametrize(
    ("stream", "colour", "env", "expected"),
    [
        (Terminal(), "auto", {}, True),
        (Terminal(), "auto", {"NO_COLOR": "1"}, False),
        (Terminal(), "auto", {"TERM": "dumb"}, False),
        (Terminal(), "never", {}, False),
        (io.StringIO(), "auto", {}, False),
        (io.StringIO(), "always", {"NO_COLOR": "1"}, True),
    ],
)
def test_colour(stream: io.StringIO, colour: str, env: dict[str, str], expected: bool) -> None:
    ports = Ports(io.StringIO(), stream, stream, env, "/", lambda: NOW)
    assert style_for(stream, Options(colour=colour), ports).colour is expected


@pytest.mark.parametrize(("columns", "width"), [("10", 40), ("100", 100), ("5000", 120)])
def test_width_is_the_terminals_within_reason(columns: str, width: int) -> None:
    ports = Ports(io.StringIO(), Terminal(), Terminal(), {"COLUMNS": columns}, "/", lambda: NOW)
    assert style_for(ports.stdout, Options(), ports).width == width
    assert style_for(io.StringIO(), Options(), ports).width == 80


def test_a_terminal_that_cannot_show_signs_gets_none() -> None:
    ports = Ports(io.StringIO(), Latin(), Latin(), {}, "/", lambda: NOW)
    assert not style_for(ports.stdout, Options(), ports).unicode


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(UsageRefused) as caught:
        chosen_reporter(Options(format="xml"))
    assert "json" in caught.value.hint
    assert "text" in caught.value.hint
