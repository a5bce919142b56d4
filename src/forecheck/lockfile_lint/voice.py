"""lockfile-lint's two ways to talk, pretty and plain, and its help."""

import msgspec

from forecheck.lockfile_lint.flags import ASIDE, FLAGS, Kind
from forecheck.text import escape

_RED, _GREEN, _YELLOW, _RESET = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"


class Voice(msgspec.Struct, frozen=True):
    """`symbols` are shown with the pretty format, and `colour` on a terminal only."""

    symbols: bool
    colour: bool
    unicode: bool = True

    def error(self, text: str) -> str:
        return self._said(text, _RED, "✖", "\N{MULTIPLICATION SIGN}")

    def success(self, text: str) -> str:
        return self._said(text, _GREEN, "✔", "√")

    def warning(self, text: str) -> str:
        return self._said(text, _YELLOW, "⚠", "!")

    def _said(self, text: str, colour: str, symbol: str, plain_symbol: str) -> str:
        shown = escape(text)
        if self.symbols:
            shown = f"{symbol if self.unicode else plain_symbol} {shown}"
        return f"{colour}{shown}{_RESET}" if self.colour else shown


def usage() -> str:
    """What --help prints."""
    lines = [
        "usage: forecheck lockfile-lint --path PATH [options]",
        "",
        "The options of npm's lockfile-lint:",
    ]
    for flag in (*FLAGS, *ASIDE):
        letter = f"-{flag.letter}, " if flag.letter else "    "
        value = {Kind.TEXT: " TEXT", Kind.LIST: " TEXT…", Kind.SWITCH: ""}[flag.kind]
        lines.append(f"  {letter}{flag.shown}{value}".ljust(46) + flag.help)
    lines += [
        "",
        "Without a validator (-s, -a, -o, -u, -n, -i) the rules of `forecheck lockfile lint` apply. Options may",
        "also stand in this folder's package.json (key lockfile-lint) or .lockfile-lintrc(.json|.yaml|.yml).",
        "",
        "exit codes: 0 nothing found, 1 something found, 2 usage or configuration, 4 nothing to examine",
        "what differs from lockfile-lint: docs/migrating-from-lockfile-lint.md",
        "",
    ]
    return "\n".join(lines)
