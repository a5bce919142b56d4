"""What each npm command can do to the machine: the table behind docs/npm-commands.md.

Read in the sources of npm 10.9.9, 11.19.1 and 12.2.0 (lib/commands).
"""

from forecheck.npm.argv import MAJORS, only
from forecheck.npm.command_names import ALIASES, COMMANDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from forecheck.npm.settings import Value


class Action(str):
    """What a command line asks of npm. A closed set: compare with `is`.

    Not an Enum, because importing enum takes longer than everything else on the path of a passed-through command.

    PASS: brings no code in and runs no package's code but the project's own; goes straight to npm.
    UNKNOWN: no npm that forecheck knows has the command. It prints its own error, but a newer one may have it.
    FETCH: downloads a package without installing it, or asks for one in a way that lets git run.
    WORKSPACE_UPDATE: reifies the tree if npm sees a workspace selected, by option, .npmrc or current directory.
    PATCH: `npm patch` extracts packages and reifies the tree.
    The others are npm's commands of that name, or do the same.
    """

    __slots__ = ()

    PASS: "Action"
    UNKNOWN: "Action"
    INSTALL: "Action"
    CI: "Action"
    UPDATE: "Action"
    DEDUPE: "Action"
    AUDIT_FIX: "Action"
    INSTALL_TEST: "Action"
    INSTALL_CI_TEST: "Action"
    LINK: "Action"
    REBUILD: "Action"
    EXEC: "Action"
    INIT: "Action"
    UNINSTALL: "Action"
    PRUNE: "Action"
    FETCH: "Action"
    WORKSPACE_UPDATE: "Action"
    PATCH: "Action"


for _name in Action.__annotations__:
    setattr(Action, _name, Action(_name.lower().replace("_", "-")))


def dereference(word: str, bit: int) -> str | None:
    """The command meant by `word`: exact, camelCase, alias or unambiguous start (cmd-list.js), or None."""
    word = "".join(f"-{c.lower()}" if "A" <= c <= "Z" else c for c in word)
    if not word:
        return None
    if COMMANDS.get(word, 0) & bit:
        return word
    if word not in ALIASES or not ALIASES[word][0] & bit:
        found = [name for name, mask in COMMANDS.items() if mask & bit and name.startswith(word)]
        found += [name for name, entry in ALIASES.items() if entry[0] & bit and name.startswith(word)]
        word = only(found)
    while word in ALIASES and ALIASES[word][0] & bit:
        word = ALIASES[word][1]
    return word or None


def action_of(command: str, words: tuple[str, ...], get: "Callable[[str], Value]") -> Action:
    """What `npm command words…` does; `get` gives the value of an option, None where it is not set."""
    if command in _ALWAYS:
        return _ALWAYS[command]
    if command in _DEPENDS:
        return _DEPENDS[command](words, get)
    return Action.PASS if command in _NEVER else Action.UNKNOWN


def requested(command: str, words: tuple[str, ...], get: "Callable[[str], Value]") -> tuple[str, ...]:
    """The package specs that the command line names, as written; () where its words are something else."""
    if command in {"install", "install-test", "link", "update", "pack", "publish", "bugs", "docs", "repo"}:
        return words
    if command in {"cache", "stage", "owner"}:
        return words[1:]
    if command in {"view", "fund", "init"}:
        return words[:1]
    if command == "patch":
        return words[1:] if words[:1] == ("add",) else () if words[:1] in _PATCH_SUBCOMMANDS else words[:1]
    if command == "exec":
        return strings(get("package")) or (() if get("call") else words[:1])
    return strings(get("diff")) if command == "diff" else ()


def strings(value: "Value") -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str) and each) if isinstance(value, list) else ()


def _is_directory(spec: str) -> bool:
    """A spec that npm-package-arg can only read as a directory: the user's own files, nothing is fetched."""
    is_path = spec in {".", ".."} or spec.startswith(("./", "../", "/", "~/"))
    return is_path and not spec.lower().endswith((".tgz", ".tar.gz", ".tar"))


def _is_registry(spec: str) -> bool:
    """A spec that npm-package-arg can only read as a name of the registry with a version, range or tag."""
    scope, slash, rest = spec.partition("/")
    if not slash or scope[:1] != "@":
        scope, rest = "", spec
    name, _, version = rest.partition("@")
    plain = "".join(each for each in scope[1:] + name if each not in "-._~")
    return plain.isalnum() and name[:1] != "." and not set(version) & set(":/\\")


def _package_files(words: tuple[str, ...], _: "Callable[[str], Value]") -> Action:
    """These take any spec and make a tarball of what they get: of a git repository, by running its scripts."""
    return Action.PASS if all(map(_is_directory, words)) else Action.FETCH


def _metadata(words: tuple[str, ...], _: "Callable[[str], Value]") -> Action:
    """These ask for a manifest only. That of a git commit is had by cloning it and running its scripts (pacote)."""
    return Action.PASS if all(_is_directory(word) or _is_registry(word) for word in words) else Action.FETCH


def _audit(words: tuple[str, ...], _: "Callable[[str], Value]") -> Action:
    return Action.AUDIT_FIX if words[:1] == ("fix",) else Action.PASS


def _cache(words: tuple[str, ...], _: "Callable[[str], Value]") -> Action:
    return Action.FETCH if words[:1] == ("add",) else Action.PASS


def _completion(words: tuple[str, ...], get: "Callable[[str], Value]") -> Action:
    """The shell's Tab runs `npm completion -- npm view SPEC …`, and `view` asks for the manifest of SPEC."""
    views = any(dereference(word, bit) == "view" for word in words for bit in MAJORS.values())
    return _metadata(tuple(word for word in words if word[:1] != "-"), get) if views else Action.PASS


def _diff(_: tuple[str, ...], get: "Callable[[str], Value]") -> Action:
    """Without --diff it is the project against its own last release; --tag becomes part of that spec as it is."""
    tag = get("tag")
    fetches = bool(strings(get("diff"))) or (isinstance(tag, str) and not _is_registry(f"project@{tag}"))
    return Action.FETCH if fetches else Action.PASS


_PATCH_SUBCOMMANDS = (("commit",), ("update",), ("ls",), ("rm",))


def _patch(words: tuple[str, ...], _: "Callable[[str], Value]") -> Action:
    return Action.PASS if not words or words[0] == "ls" else Action.PATCH


def _stage(words: tuple[str, ...], get: "Callable[[str], Value]") -> Action:
    return _package_files(words[1:], get) if words[:1] == ("publish",) else Action.PASS


def _init(words: tuple[str, ...], get: "Callable[[str], Value]") -> Action:
    return Action.INIT if words else _of_workspaces(get)


def _version(words: tuple[str, ...], get: "Callable[[str], Value]") -> Action:
    return _of_workspaces(get) if words else Action.PASS


def _of_workspaces(get: "Callable[[str], Value]") -> Action:
    return Action.PASS if get("workspaces-update") is False else Action.WORKSPACE_UPDATE


_ALWAYS = {
    "install": Action.INSTALL,
    "ci": Action.CI,
    "update": Action.UPDATE,
    "dedupe": Action.DEDUPE,
    "find-dupes": Action.DEDUPE,
    "install-test": Action.INSTALL_TEST,
    "install-ci-test": Action.INSTALL_CI_TEST,
    "link": Action.LINK,
    "rebuild": Action.REBUILD,
    "edit": Action.REBUILD,
    "exec": Action.EXEC,
    "uninstall": Action.UNINSTALL,
    "prune": Action.PRUNE,
}

_DEPENDS: "dict[str, Callable[[tuple[str, ...], Callable[[str], Value]], Action]]" = {
    "audit": _audit,
    "bugs": _metadata,
    "cache": _cache,
    "completion": _completion,
    "diff": _diff,
    "docs": _metadata,
    "fund": lambda words, get: _metadata(words[:1], get),
    "init": _init,
    "owner": lambda words, get: _metadata(words[1:], get),
    "pack": _package_files,
    "patch": _patch,
    "publish": _package_files,
    "repo": _metadata,
    "stage": _stage,
    "version": _version,
    "view": lambda words, get: _metadata(words[:1], get),
}

_NEVER = """
    access adduser approve-scripts config deny-scripts deprecate dist-tag doctor explain explore get help
    help-search hook install-scripts ll login logout ls org outdated ping pkg prefix profile query restart root run
    run-script sbom search set shrinkwrap star stars start stop team test token trust undeprecate unpublish unstar
    whoami
""".split()  # noqa: SIM905
