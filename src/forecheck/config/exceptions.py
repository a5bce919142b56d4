"""Which packages a recorded exception is for."""

import re

import msgspec

from forecheck.model import LockedFile, Release, Service, Subject
from forecheck.npm.semver import parse_range, satisfies

MAX_LENGTH = 500
PACKAGE = r"^(?:\*|(?:@[^\s/@]+/)?[^\s/@*]+(?:@.*\S.*)?)$"
"""What a package of an exception looks like: `*`, `name`, `@scope/name`, each name with or without `@range`."""

WORDS = '"name", "name@range" or "*"'


class PackagePattern(msgspec.Struct, frozen=True):
    """A package's name, or `*` for any; `range` is an npm version range, empty for all versions."""

    name: str
    range: str = ""

    def matches(self, subject: Subject) -> bool:
        """By name and version, wherever the release comes from.

        A package the registry does not have has no version: there the range is compared with what was asked for.
        """
        if self.name not in ("*", subject.name):
            return False
        if not self.range:
            return True
        if isinstance(subject, Release):
            return satisfies(subject.version, self.range)
        return not isinstance(subject, LockedFile | Service) and subject.wanted == self.range


def pattern(text: str) -> PackagePattern:
    """Read `name`, `name@range` or `*`; raises ValueError with what is wrong."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"a package of more than {MAX_LENGTH} characters")
    if not re.search(PACKAGE, text) or not text.isprintable():
        raise ValueError(f"expected {WORDS}")
    name, _, wanted = text[1:].partition("@")
    name = text[0] + name
    if wanted and parse_range(wanted) is None:
        raise ValueError(f'"{wanted}" is not a version or a range')
    return PackagePattern(name, wanted)
