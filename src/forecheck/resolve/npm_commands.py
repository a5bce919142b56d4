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
