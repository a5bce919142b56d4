"""--validate-integrity: one full SHA-512 for everything that is fetched, or the checksum or commit in its place."""

import re
from collections.abc import Iterator

from forecheck.analysis.locators import CLASSIC, descriptors
from forecheck.evidence.lock_pins import LockPins, Pin, lock_pins
from forecheck.lockfile_lint.problem import Problem, about
from forecheck.model import Entry, EntryKind, FromGit, Lockfile

_SHA512 = re.compile(r"sha512-[A-Za-z0-9+/]{85}[AQgw]==").fullmatch
_EXPECTED = "sha512"


def integrity_problems(lockfile: Lockfile, excluded: frozenset[str]) -> Iterator[Problem]:
    """Entries that no SHA-512 pins, in the order of the file. What has no tarball of its own needs none."""
    pins: LockPins = lock_pins(lockfile)
    loose = {one.entry.location: one.pin for one in pins.loose}
    for entry in lockfile.entries:
        integrity = entry.integrity
        if integrity and _SHA512(integrity):
            continue
        pin = loose.get(entry.location)
        if pin is None and (not integrity or entry.kind is EntryKind.ROOT):
            continue
        if excluded and excluded.issuperset(_names(entry, lockfile.format)):
            continue
        yield about("invalid integrity of package", entry, _EXPECTED, _said(entry, pin), lockfile.path)


def _said(entry: Entry, pin: Pin | None) -> str:
    if pin is Pin.MISSING and not entry.integrity:
        return "none, and no commit" if isinstance(entry.release.origin, FromGit) else "none"
    return entry.integrity or entry.checksum


def _names(entry: Entry, format_: str) -> tuple[str, ...]:
    if format_ == CLASSIC:
        return tuple(name for name, _ in descriptors(entry))
    return (entry.installed_as,)
