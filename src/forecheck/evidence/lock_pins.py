"""What ties the packages of a lockfile to their contents, and where nothing or too little does."""

import re
from enum import StrEnum

import msgspec

from forecheck.analysis.locators import BERRY, reference
from forecheck.lockfiles.pinning import is_sha1, is_strong
from forecheck.model import Entry, EntryKind, FromBundle, FromDirectory, FromGit, Lockfile, Release
from forecheck.source import source

_FULL = re.compile(r"sha512-[A-Za-z0-9+/]{85}[AQgw]==").fullmatch
_COMMIT_ARCHIVE = re.compile(r"https://codeload\.github\.com/[^/]+/[^/]+/tar\.gz/[0-9a-f]{40}").fullmatch
_CHECKSUM = re.compile(r"(?:[0-9a-z]{1,8}/)?[0-9a-f]{128}").fullmatch
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z").search


class Pin(StrEnum):
    """How an entry falls short."""

    MISSING = "missing"
    SHA1 = "sha1"
    MD5 = "md5"
    MALFORMED = "malformed"
    SEVERAL = "several"


class LoosePin(msgspec.Struct, frozen=True):
    """An entry that no single strong hash pins."""

    entry: Entry
    pin: Pin


class SharedPin(msgspec.Struct, frozen=True):
    """An entry with the very hash of another package, or of another version of its own."""

    entry: Entry
    other: Entry


class LockPins(msgspec.Struct, frozen=True):
    """`pinned` counts the entries that are as they should be."""

    loose: tuple[LoosePin, ...]
    shared: tuple[SharedPin, ...]
    pinned: int


@source()
def lock_pins(lockfile: Lockfile) -> LockPins:
    """One look at each entry's hash."""
    loose: list[LoosePin] = []
    shared: list[SharedPin] = []
    seen: dict[str, Entry] = {}
    pinned = 0
    for entry in lockfile.entries:
        if entry.kind is not EntryKind.PACKAGE:
            continue
        integrity = entry.integrity
        if integrity and _FULL(integrity):
            pinned += 1
        else:
            pin = _shortfall(entry, lockfile.format)
            if pin is not None:
                loose.append(LoosePin(entry, pin))
            elif integrity or entry.checksum:
                pinned += 1
        print_ = integrity or entry.checksum
        if print_:
            first = seen.setdefault(print_, entry)
            if first is not entry and not _same(first.release, entry.release):
                shared.append(SharedPin(entry, first))
    return LockPins(tuple(loose), tuple(shared), pinned)


def _same(one: Release, other: Release) -> bool:
    if not one.version or not other.version or isinstance(one.origin, FromGit):
        return True
    return one.name == other.name and one.version.partition("+")[0] == other.version.partition("+")[0]


def _shortfall(entry: Entry, format_: str) -> Pin | None:
    origin = entry.release.origin
    if isinstance(origin, FromBundle | FromDirectory):
        return None
    if isinstance(origin, FromGit):
        return None if origin.commit or _COMMIT(entry.resolved) or entry.checksum else Pin.MISSING
    if format_ == BERRY:
        return _berry(entry)
    integrity = entry.integrity.strip()
    if not integrity:
        return None if _COMMIT_ARCHIVE(entry.resolved) else Pin.MISSING
    parts = integrity.split()
    if len(parts) > 1:
        return Pin.SEVERAL if all(is_strong(part) or is_sha1(part) for part in parts) else Pin.MALFORMED
    if is_strong(integrity):
        return None
    if is_sha1(integrity):
        return Pin.SHA1
    return Pin.MD5 if integrity.startswith("md5-") else Pin.MALFORMED


def _berry(entry: Entry) -> Pin | None:
    """Yarn leaves the checksum out where it does not fetch: other platforms, links, its own patches."""
    if entry.checksum:
        return None if _CHECKSUM(entry.checksum) else Pin.MALFORMED
    if entry.platform or reference(entry.resolved).startswith(("link:", "portal:", "workspace:")):
        return None
    return Pin.MISSING
