"""lockfile-lint's configuration files: their names in the order of cosmiconfig 9, and what one may hold."""

from typing import Any, Final

from forecheck.lockfile_lint.arguments import Given, Value
from forecheck.lockfile_lint.flags import ASIDE, Flag, Kind, flag_called, nearest
from forecheck.lockfile_lint.refusal import NotAsMeant

MANIFEST: Final = "package.json"
KEY: Final = "lockfile-lint"
"""The key of package.json that holds the configuration."""

SEARCHED: Final = (
    MANIFEST,
    ".lockfile-lintrc",
    ".lockfile-lintrc.json",
    ".lockfile-lintrc.yaml",
    ".lockfile-lintrc.yml",
    ".lockfile-lintrc.js",
    ".lockfile-lintrc.cjs",
    ".lockfile-lintrc.mjs",
    "lockfile-lint.config.js",
    "lockfile-lint.config.cjs",
    "lockfile-lint.config.mjs",
)
"""The first one that holds something counts; only those of the current folder do."""

_IGNORED = "leaves the whole configuration out"


def is_program(name: str) -> bool:
    """Whether the file would have to be run to be read."""
    return name.endswith((".js", ".cjs", ".mjs"))


def no_programs(name: str) -> NotAsMeant:
    """Why a JavaScript configuration is not read, and what to write in its place."""
    return NotAsMeant(
        f"{name} is a program, and forecheck runs none; write what it exports as JSON to .lockfile-lintrc.json: "
        f"node -p 'JSON.stringify(require(\"./{name}\"), null, 2)' > .lockfile-lintrc.json, then delete {name}"
        if not name.endswith(".mjs")
        else f"{name} is a program, and forecheck runs none; write what it exports as JSON to .lockfile-lintrc.json "
        "and delete it",
        "runs it, whoever wrote it",
    )


def broken(name: str, why: str) -> NotAsMeant:
    """A configuration that cannot be parsed."""
    return NotAsMeant(f"{name} cannot be read: {why}", _IGNORED)


def read_configuration(document: Any, where: str) -> Given:
    """What a parsed configuration sets; raises `NotAsMeant` for unknown keys and values of the wrong kind."""
    if not isinstance(document, dict):
        raise NotAsMeant(f"{where} holds no object", "leaves it out")
    values: dict[str, Value] = {}
    for key, value in document.items():
        flag = flag_called(key) if isinstance(key, str) else None
        if flag is None or flag in ASIDE:
            near = nearest(str(key))
            meant = f"; did you mean {near}?" if near else ""
            raise NotAsMeant(f"{where}: {str(key)!r} is no option of lockfile-lint{meant}", "runs without it")
        if flag.name in values:
            raise NotAsMeant(f"{where} sets {flag.name} under two names")
        values[flag.name] = _value(flag, value, where)
    return Given(values)


def merged(given: Given, file: Given) -> Given:
    """The command line goes before the file, option by option; lists are replaced."""
    return Given({**file.values, **given.values}, given.help, given.version)


def _value(flag: Flag, value: Any, where: str) -> Value:
    several = isinstance(value, list) and all(isinstance(one, str) for one in value)
    match flag.kind:
        case Kind.SWITCH if isinstance(value, bool):
            return value
        case Kind.SWITCH if value in ("true", "false"):
            return bool(value == "true")
        case Kind.LIST if isinstance(value, str):
            return (value,)
        case Kind.LIST if several:
            return tuple(value)
        case Kind.TEXT if isinstance(value, str) and value:
            return value
        case Kind.TEXT if flag.name == "path" and several and value:
            return tuple(value)
    wanted = {Kind.SWITCH: "true or false", Kind.LIST: "a list of texts", Kind.TEXT: "a text"}[flag.kind]
    raise NotAsMeant(f"{where}: {flag.name} must be {wanted}", "may take it for false and look at less")
