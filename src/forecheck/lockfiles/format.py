"""What a lockfile format is: a function from bytes to a `Lockfile`, registered by one decorator."""

from collections.abc import Callable, Iterable

import msgspec

from forecheck.lockfiles.origins import RegistryFor
from forecheck.model import Lockfile

ReadLockfile = Callable[[bytes, str, RegistryFor], Lockfile]
Sniff = Callable[[bytes], bool]

SNIFFED = 4096
"""How many bytes from the start of a file a format may judge by."""


class Format(msgspec.Struct, frozen=True):
    """A registered format.

    `names` are the file names its package manager gives it, the one that wins first. `sniff` tells from the first
    `SNIFFED` bytes whether a file of any name may be one.
    """

    id: str
    manager: str
    names: tuple[str, ...]
    sniff: Sniff
    read: ReadLockfile


def lockfile_format(
    *, manager: str, names: tuple[str, ...], sniff: Sniff
) -> Callable[[ReadLockfile], ReadLockfile]:
    """Register a reader, called `parse`, under the name of its file with dashes.

    A reader takes the bytes, the path to put into locations, and what gives the configured registry of a package.
    It returns every entry or raises `Malformed`, whatever the bytes are; time and memory are linear in them.
    """

    def register(function: ReadLockfile) -> ReadLockfile:
        function.__forecheck__ = Format(  # type: ignore[attr-defined]
            id=function.__module__.rpartition(".")[2].replace("_", "-"),
            manager=manager,
            names=names,
            sniff=sniff,
            read=function,
        )
        return function

    return register


def format_of(formats: Iterable[Format], name: str, head: bytes) -> Format | None:
    """The format of a file called `name` (no folder) that begins with `head`; None where neither tells.

    Contents go before the name, so that a file under another manager's name is read as what it is; a file whose
    contents tell nothing (empty, broken) goes to the format its name belongs to, whose error then says why.
    """
    named = [one for one in formats if name in one.names]
    sniffed = [one for one in formats if one.sniff(head[:SNIFFED])]
    both = [one for one in named if one in sniffed]
    return next(iter((*both, *sniffed, *named)), None)
