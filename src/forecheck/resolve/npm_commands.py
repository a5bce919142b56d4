"""Which npm calls find out what a command would install, and which install exactly that."""

import msgspec


class ProjectCommand(msgspec.Struct, frozen=True):
    """One npm command on a project, taken apart. All arguments are what follows `npm`.

    `resolve` writes the lockfile in the private copy (None: the project's lockfile is the answer already).
    `apply` are the calls that install from the written lockfile, in order; none of them resolves anything.
    `verbatim` means that the project's files are not exchanged before `apply` (npm ci, npm's own --dry-run).
    `saves` and `locks` say whether npm would leave package.json and the lockfile changed.
    """

    resolve: tuple[str, ...] | None
    apply: tuple[tuple[str, ...], ...]
    verbatim: bool = False
    saves: bool = True
    locks: bool = True


class StagedCommand(msgspec.Struct, frozen=True):
    """An npm command that installs named packages outside a project: `-g`, `exec`, `init`.

    `specs` are what is asked for, as typed; `resolve` writes their lockfile in an empty private project.
    """

    specs: tuple[str, ...]
    resolve: tuple[str, ...]


class GlobalCommand(msgspec.Struct, frozen=True):
    """`npm install -g`: `options` are the person's own, without the packages."""

    staged: StagedCommand
    options: tuple[str, ...]


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
