"""npm's command line, read as npm reads it: which command, with which words and options, and what that can do.

Importing this and classifying one command line is on the path of every wrapped npm command, so it imports no module
that Python has not loaded anyway (tests/npm/test_commandline_imports.py keeps it so).
"""

from forecheck.npm.actions import Action, action_of, dereference
from forecheck.npm.argv import MAJORS, Option, Parsed, Word, parse
from forecheck.npm.invocation import Invocation
from forecheck.npm.options import NEWEST_KNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Action", "Invocation", "Option", "Word", "classify", "classify_npx"]

_RANK = {Action.UNKNOWN: 0, Action.PASS: 1}  # an npm that lacks the command does nothing
_DEMANDING = 2


def classify(
    argv: list[str],
    env: "Mapping[str, str]",
    *,
    npm_version: tuple[int, int, int] | None = None,
    config_lookup: "Callable[[str], str | None] | None" = None,
    in_workspace: "Callable[[], bool] | None" = None,
) -> Invocation:
    """Read what follows `npm`.

    PASS is only what no npm from 10 to 12 would do more with; of equals, the reading of `npm_version` is preferred
    (without it: npm 12). A command that no known npm has is UNKNOWN, but PASS where `npm_version` is one that
    forecheck knows, for that npm prints an error and ends.

    `config_lookup` gives the text of a setting in the .npmrc files, the strongest of them first, None if it is in
    none. `in_workspace` tells whether npm sees a workspace selected by the current directory or an .npmrc; it is
    asked only where that decides the action, and without it the answer is taken to be yes. Never raises, whatever
    the arguments.
    """
    bit = _bit(npm_version)
    readings = _readings(argv, bit)
    calls = []
    for parsed, reader in readings:
        call = Invocation(argv, parsed, reader, env, config_lookup)
        typed = call.typed.text if call.typed else ""
        call.command = dereference(typed, reader)
        call.action = _action(call, typed, in_workspace)
        calls.append(call)
    chosen = max(calls, key=lambda call: _RANK.get(call.action, _DEMANDING))
    chosen.certain = all(_same(chosen, call) for call in calls)
    if (
        chosen.action is Action.UNKNOWN
        and npm_version
        and npm_version <= NEWEST_KNOWN.get(npm_version[0], ())
    ):
        chosen = calls[0]
        chosen.action = Action.PASS
    return chosen


def classify_npx(
    argv: list[str],
    env: "Mapping[str, str]",
    *,
    npm_version: tuple[int, int, int] | None = None,
    config_lookup: "Callable[[str], str | None] | None" = None,
) -> Invocation:
    """Read what follows `npx`: the call of `npm exec` that npx turns it into. Parameters as for `classify`."""
    from forecheck.npm.npx import as_npm_exec

    translated = as_npm_exec(argv, _bit(npm_version))
    return classify(translated, env, npm_version=npm_version, config_lookup=config_lookup)


def _bit(version: tuple[int, int, int] | None) -> int:
    newest = max(MAJORS)
    return MAJORS[min(max(version[0], min(MAJORS)), newest) if version else newest]


def _readings(argv: list[str], bit: int) -> list[tuple[Parsed, int]]:
    """Every way an npm might read the line, with the npm major's bit; the preferred one first."""
    first = parse(argv, bit)
    readings = [(first, bit)]
    others = [other for other in MAJORS.values() if other != bit]
    readings += [(first if first.settled else parse(argv, other), other) for other in others]
    if any(not option.types for parsed, _ in readings for option in parsed.options):
        readings += [(parse(argv, each, unknown_takes_value=True), each) for each in (bit, *others)]
    return readings


def _action(call: Invocation, typed: str, in_workspace: "Callable[[], bool] | None") -> Action:
    if call.cli.get("version") is True or call.cli.get("versions") is True or not typed:
        return Action.PASS
    if call.get("usage") is True:
        return Action.PASS
    if call.command is None:
        return Action.UNKNOWN
    action = action_of(call.command, call.arguments, call.get)
    if action is Action.WORKSPACE_UPDATE and not _sees_workspace(call, in_workspace):
        return Action.PASS
    return action


def _sees_workspace(call: Invocation, in_workspace: "Callable[[], bool] | None") -> bool:
    if call.cli.get("workspaces") is False:
        return False
    return bool(call.workspace or call.workspaces or in_workspace is None or in_workspace())


def _same(one: Invocation, other: Invocation) -> bool:
    return (
        one.action is other.action
        and one.command == other.command
        and one.arguments == other.arguments
        and one.cli == other.cli
    )
