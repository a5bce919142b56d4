"""What a package's install scripts are: known to be needed, plain builds of native code, or anything else."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Final

from forecheck.analysis.package_json import GIT_HOOKS, INSTALL_HOOKS, NATIVE_BUILD, PackageJson


class Nature(Enum):
    """What a script looks like, by its text alone."""

    NOTHING = "nothing"
    NATIVE_BUILD = "native build"
    OTHER = "other"
    ALARMING = "alarming"


_LONGEST: Final = 4096
"""Scripts longer than this, in characters, are out of place in a package.json whatever they hold."""

_NATIVE = re.compile(
    r"(?:node-gyp(?: (?:rebuild|configure|build|clean))+|node-gyp-build(?:-optional-packages)?|prebuild-install"
    r"|prebuild --install|node-pre-gyp(?: (?:install|rebuild|build))+|pkg-prebuilds-verify|neon build"
    r"|cmake-js(?: (?:compile|rebuild|build|install))?|napi-postinstall [\w@./-]+(?: [\w.-]+)?(?: check)?)"
    r"(?: -[a-z] [\w-]+| --(?:runtime|target|arch|tag-prefix) [\w-]+| --[a-z][\w-]*(?:=[\w-]+)?)*+"
)
_QUIET = re.compile(r"echo(?: .*)?|exit 0|true|:|")

# The usual way to run a file without failing; no more than `node ./postinstall.js`.
_TRY_REQUIRE = re.compile(
    r"""node -e ["']try ?\{ ?require\(["']\./[\w./-]+["']\);? ?\} ?catch ?(?:\(\w+\) ?)?"""
    r"""\{ ?(?:/\* ?[\w ]* ?\*/)? ?\}["'](?: \|\| exit 0)?"""
)

_PIECES = re.compile(r"""&&|\|\||"[^"]*"|'[^']*'|[^"'&|;\r\n(){}\\]+|.""", re.DOTALL)
_SEPARATORS: Final = frozenset({"&&", "||", ";", "\n", "\r"})
_SYNTAX: Final = frozenset("$`<>^%")
_SYNTAX_IN_QUOTES: Final = frozenset("&|\r\n")
_SYNTAX_OUTSIDE: Final = frozenset("&|(){}\\")
_ESCAPED_QUOTE = re.compile(r"""\\["']""")

_ALARMING = re.compile(
    r"""
    \b(?:curl|wget|certutil|bitsadmin|Invoke-WebRequest|iwr|DownloadString|DownloadFile)\b
    |https?://|\b\d{1,3}(?:\.\d{1,3}){3}\b|/dev/tcp/
    |\b(?:powershell|pwsh|bash|zsh|sh|cmd)(?:\.exe)?\ (?:-[a-zA-Z]{0,8}c|/c|-e[a-zA-Z]{0,20})\b|\|\ ?(?:ba|z)?sh\b
    |\bnode\ (?:-[a-z]{0,4}[ep]|--eval|--print)\b(?=.*(?:require|import|process|fetch|Function|Buffer|atob|http))
    |\bpython[23]?\ -c\b|\bperl\ -e\b|\beval\b|\bbase64\b|\bxxd\b
    |\b(?:nslookup|dig|nc|ncat|netcat|telnet)\ |>\ ?/dev/null\ 2>&1\ ?&(?!&)|\bnohup\b|\bstart\ /b\b|\brundll32\b
    |\.npmrc|\.ssh\b|\.aws\b|\.netrc|\bid_rsa\b|\bprintenv\b|\bwhoami\b
    """,
    re.VERBOSE | re.IGNORECASE,
)


def run_on_install(declared: PackageJson) -> dict[str, str]:
    """The scripts that run when the package is installed from a registry, by hook, npm's implied build among them."""
    found = _scripts(declared, INSTALL_HOOKS)
    if declared.gypfile and not found.keys() & {"install", "preinstall"}:
        found["install"] = NATIVE_BUILD
    return found


def run_on_build(declared: PackageJson) -> dict[str, str]:
    """Those and the ones that npm runs to make a package out of a git repository."""
    return run_on_install(declared) | _scripts(declared, GIT_HOOKS)


def _scripts(declared: PackageJson, hooks: Sequence[str]) -> dict[str, str]:
    return {hook: declared.scripts[hook] for hook in hooks if hook in declared.scripts}


def nature(script: str) -> Nature:
    """What a script looks like. Only plain commands one after the other are ever taken for harmless."""
    if len(script) > _LONGEST:
        return Nature.ALARMING
    commands = _commands(script)
    if commands is not None:
        if all(_QUIET.fullmatch(command) for command in commands):
            return Nature.NOTHING
        if all(_NATIVE.fullmatch(command) or _QUIET.fullmatch(command) for command in commands):
            return Nature.NATIVE_BUILD
    text = _one_line(script)
    if _TRY_REQUIRE.fullmatch(text):
        return Nature.OTHER
    return Nature.ALARMING if _ALARMING.search(text) else Nature.OTHER


def alarming_part(script: str) -> str:
    """The first thing in a script that is out of place in an install script; empty if there is none."""
    found = _ALARMING.search(_one_line(script)[:_LONGEST])
    if found:
        return found[0].strip()
    return f"{len(script):,} characters" if len(script) > _LONGEST else ""


def _one_line(script: str) -> str:
    return " ".join(script.split())


def _commands(script: str) -> list[str] | None:
    """The commands between `;`, `&&`, `||` and line breaks; None for a script with any other shell syntax.

    One script is read by sh on some machines and by cmd.exe on others, which agree on little inside quotes: what
    means something to either of them there is not taken for text.
    """
    if not _SYNTAX.isdisjoint(script) or _ESCAPED_QUOTE.search(script):
        return None
    commands, current = [], ""
    for piece in _PIECES.findall(script):
        if piece in _SEPARATORS:
            commands.append(_one_line(current))
            current = ""
        elif piece[0] in "\"'":
            if len(piece) == 1 or not _SYNTAX_IN_QUOTES.isdisjoint(piece):
                return None
            current += piece
        elif piece in _SYNTAX_OUTSIDE:
            return None
        else:
            current += piece
    return [*commands, _one_line(current)]


def changes(now: Mapping[str, str], earlier: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Hook, its script, and what it was before (empty: there was none) for each hook that is not as it was."""
    for hook, script in now.items():
        before = earlier.get(hook, "")
        if script.split() != before.split():
            yield hook, script, before
