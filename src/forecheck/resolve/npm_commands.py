"""Which npm calls find out what a command would install, and which install exactly that."""

from collections.abc import Sequence

import msgspec

from forecheck.npm.commandline import Action, Invocation


class ProjectCommand(msgspec.Struct, frozen=True):
    """One npm command on a project, taken apart. All arguments are what follows `npm`.

    `resolve` writes the lockfile in the private copy (None: the project's lockfile is the answer already).
    `apply` are the calls that install from the written lockfile, in order; none of them resolves anything.
    `verbatim` means that the project's files are not exchanged before `apply` (npm ci, npm's own --dry-run).
    `saves` and `locks` say whether npm would leave package.json and the lockfile changed. `keeps` means that nothing
    in the command makes npm change a lockfile that answers every manifest (`resolve.satisfied`).
    """

    resolve: tuple[str, ...] | None
    apply: tuple[tuple[str, ...], ...]
    verbatim: bool = False
    saves: bool = True
    locks: bool = True
    keeps: bool = False


class StagedCommand(msgspec.Struct, frozen=True):
    """An npm command that installs named packages outside a project: `-g`, `exec`, `init`.

    `specs` are what is asked for, as typed; `resolve` writes their lockfile in an empty private project.
    """

    specs: tuple[str, ...]
    resolve: tuple[str, ...]


class GlobalCommand(msgspec.Struct, frozen=True):
    """`npm install -g`: `options` are the person's own, without the packages. `updates`: what has the version that
    was found is left alone.
    """

    staged: StagedCommand
    options: tuple[str, ...]
    updates: bool = False


class ExecCommand(msgspec.Struct, frozen=True):
    """`npm exec`, `npx` and `npm init NAME`.

    `options` are npm's own options as typed; `call` is the -c string. `words` are the command's arguments, the
    command itself first when `command_named`, else it is the first package's own binary.
    """

    staged: StagedCommand
    options: tuple[str, ...]
    words: tuple[str, ...]
    call: str = ""
    command_named: bool = False


class Refused(Exception):  # noqa: N818  (a decision, shown as a message)
    """A command that can bring code in and that forecheck cannot audit; `hint` is another way to the same end."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.hint = hint


# What every resolving call is given, whatever the person wrote: nothing runs, nothing is installed, and the
# answer can be read. `prefix` goes because the private copy is entered by its folder.
_RESOLVING: dict[str, str | bool] = {
    "package-lock-only": True,
    "package-lock": True,
    "ignore-scripts": True,
    "dry-run": False,
    "json": True,
    "loglevel": "error",
    "fund": False,
    "global": False,
    "location": "project",
}
_DROPPED = frozenset(
    {
        "prefix",
        "shrinkwrap",
        "foreground-scripts",
        "script-shell",
        "git",
        "node-options",
        "timing",
        "logs-dir",
    }
)
# Settings by which npm builds another tree, or writes another lockfile, and the value that makes no difference: its
# default (@npmcli/config's definitions of npm 10 and 11), if that can be written down.
_BENDING: dict[str, bool | str | None] = {
    "before": None,
    "cpu": None,
    "engine-strict": False,
    "force": False,
    "global": False,
    "global-style": False,
    "include-workspace-root": False,
    "install-links": False,
    "install-strategy": "hoisted",
    "legacy-bundling": False,
    "legacy-peer-deps": False,
    "libc": None,
    "location": "user",
    "lockfile-version": None,
    "min-release-age": None,
    "omit-lockfile-registry-resolved": False,
    "os": None,
    "package-lock": True,
    "package-lock-only": False,
    "prefer-dedupe": False,
    "prefer-online": False,
    "replace-registry-host": "npmjs",
    "save": True,
    "shrinkwrap": True,
    "strict-peer-deps": False,
    "workspace": None,
    "workspaces": None,
}
# Options of a command line that have nothing to do with the tree; with any other, npm is asked.
_NEUTRAL = frozenset(
    {
        "audit",
        "audit-level",
        "cache",
        "color",
        "foreground-scripts",
        "fund",
        "ignore-scripts",
        "include",
        "json",
        "loglevel",
        "offline",
        "omit",
        "prefer-offline",
        "production",
        "progress",
        "script-shell",
        "timing",
        "unicode",
        "update-notifier",
    }
)
_RESOLVES_AS = {Action.INSTALL_TEST: "install", Action.PRUNE: "install"}
_INSTALLS = (Action.INSTALL, Action.INSTALL_TEST)


def project_command(call: Invocation) -> ProjectCommand:
    """The calls for a command that changes a project's tree.

    A named install, an update and their like are applied by `npm prune`: with the audited lockfile in place it
    installs what is missing and removes what is too many, resolves nothing, and does not run the project's own
    install scripts, as those commands do not. Raises `Refused` where npm would not hold it to the audit.
    """
    if call.text("install-strategy") == "linked":
        raise Refused(
            "install-strategy=linked is refused: npm does not compare what it downloads then with the lockfile's "
            "integrity (npm 11), so another tarball than the audited one could be installed",
            "--install-strategy=hoisted",
        )
    if call.action in (Action.CI, Action.INSTALL_CI_TEST):
        return ProjectCommand(resolve=None, apply=(tuple(call.argv),), verbatim=True)
    resolve = _resolving(call)
    if call.dry_run:
        return ProjectCommand(resolve=resolve, apply=(tuple(call.argv),), verbatim=True)
    locked = {"package-lock": True}  # an .npmrc may say otherwise, by a variable that only npm sees
    if call.action in _INSTALLS and not call.arguments:
        first = call.rewrite(options=locked, without=("shrinkwrap",))
        return msgspec.structs.replace(_applied(call, resolve, tuple(first)), keeps=_keeps(call))
    prune = tuple(call.rewrite(command="prune", words=(), options=locked, without=("shrinkwrap", "dry-run")))
    if call.action is Action.INSTALL_TEST:
        return _applied(call, resolve, prune, tuple(call.rewrite(command="test", words=())))
    return _applied(call, resolve, prune)


def _applied(call: Invocation, resolve: tuple[str, ...], *apply: tuple[str, ...]) -> ProjectCommand:
    """Without `save` npm writes the lockfile only for an update (Arborist's reify)."""
    saves = call.flag("save", default=True)
    return ProjectCommand(
        resolve=resolve,
        apply=apply,
        saves=saves,
        locks=call.package_lock and (saves or call.action is Action.UPDATE),
    )


def _keeps(call: Invocation) -> bool:
    """Whether a plain install reads the lockfile and does with it what npm does by default."""
    if not call.certain or not call.package_lock:
        return False
    if any(call.get(name) not in (None, default) for name, default in _BENDING.items()):
        return False
    return all(option.name in _NEUTRAL or option.name in _BENDING for option in call.options)


def _resolving(call: Invocation) -> tuple[str, ...]:
    forced: dict[str, str | bool] = dict(_RESOLVING)
    if call.action is not Action.UPDATE:
        forced["save"] = True
    words = () if call.action is Action.PRUNE else None
    command = _RESOLVES_AS.get(call.action, call.command)
    return tuple(call.rewrite(command=command, words=words, options=forced, without=_DROPPED))


def audit_command() -> ProjectCommand:
    """What `npm install` would write, with nothing to apply: for auditing a project that has no lockfile."""
    return ProjectCommand(resolve=_plain_install(()), apply=())


def check_command(specs: tuple[str, ...]) -> StagedCommand:
    """What installing these specs alone would bring in."""
    return StagedCommand(specs=specs, resolve=_plain_install(specs))


def global_command(call: Invocation, installed: Sequence[str] = ()) -> GlobalCommand:
    """The calls for `npm install -g` and `npm update -g`; `installed` are the names of what is there.

    npm updates what it finds in the global folder to `*`, and leaves what those depend on alone (Arborist 9). Raises
    `Refused` where there is nothing npm can be held to.
    """
    updates = call.action is Action.UPDATE
    if call.action is not Action.INSTALL and not updates:
        raise Refused(
            f"npm {call.command} -g resolves anew whatever it finds installed; forecheck cannot hold it to an audit",
            "forecheck npm install -g NAME@latest",
        )
    specs = _updated(call, installed) if updates else call.arguments
    if not specs:
        raise Refused("npm install -g without a name links this folder and installs what it depends on", "")
    staged = StagedCommand(specs, tuple(_staging(call, specs)))
    kept = call.rewrite(
        command="install", words=(), without=("offline", "prefer-offline", "prefer-online", "cache")
    )
    return GlobalCommand(staged=staged, options=tuple(kept[1:]), updates=updates)


def _updated(call: Invocation, installed: Sequence[str]) -> tuple[str, ...]:
    names = [name for name in installed if name in call.arguments or not call.arguments]
    if not names:
        what = " or ".join(call.arguments) or "package"
        raise Refused(f"there is no {what} in the global folder to update", "npm ls -g")
    return tuple(f"{name}@*" for name in names)


def exec_command(call: Invocation) -> ExecCommand:
    """The calls for `npm exec` and `npm init NAME`."""
    named = bool(call.packages) and call.action is Action.EXEC
    specs = initializer(call.arguments[0]) if call.action is Action.INIT else call.specs
    words = call.arguments if named else call.arguments[1:]
    kept = call.rewrite(command="exec", words=(), without=("package", "call"))
    return ExecCommand(
        staged=StagedCommand(specs, tuple(_staging(call, specs))),
        options=tuple(kept[1:]),
        words=words,
        call=call.call or "",
        command_named=named,
    )


def initializer(word: str) -> tuple[str, ...]:
    """The package `npm init WORD` runs: `x` is `create-x`, `@s` is `@s/create`, `@s/x` is `@s/create-x`.

    Source: npm's documentation of `npm init`. Raises `Refused` for what is no name of a registry.
    """
    scope, slash, rest = word.partition("/") if word.startswith("@") else ("", "", word)
    if ":" in rest or "/" in rest or (scope and not slash and ":" in scope):
        raise Refused(f"npm init {word} does not name a package of a registry; forecheck cannot pin it")
    if scope and not slash:
        bare, at, version = scope[1:].partition("@")
        return (f"@{bare}/create{at}{version}",)
    return (f"{scope}{slash}create-{rest}",)


def _staging(call: Invocation, specs: tuple[str, ...]) -> list[str]:
    without = _DROPPED | {"package", "call", "save", "workspace", "workspaces", "include-workspace-root"}
    return call.rewrite(command="install", words=specs, options={**_RESOLVING, "save": True}, without=without)


def _plain_install(specs: tuple[str, ...]) -> tuple[str, ...]:
    options = [
        f"--{name}={str(value).lower() if isinstance(value, bool) else value}"
        for name, value in _RESOLVING.items()
    ]
    return ("install", *options, *(("--", *specs) if specs else ()))
