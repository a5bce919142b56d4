"""Where a declared dependency would come from, by its text alone (the order of npm-package-arg 13)."""

import re
from enum import Enum


class Place(Enum):
    """What kind of source a dependency's text names; `word` is what to call it."""

    REGISTRY = "the registry"
    GIT = "a git repository"
    URL = "a URL"
    FILE = "a file or folder"
    OTHER = "a protocol that npm does not know"

    @property
    def word(self) -> str:
        return self.value


_FILE = re.compile(r"file:|link:|portal:|\.|~/|[/\\]|[a-zA-Z]:", re.IGNORECASE)
_GIT = re.compile(
    r"(?:git(?:\+[a-z]+)?|ssh|github|gitlab|bitbucket|gist|sourcehut):|[^@\s]+@[^:.\s]+\.[^:\s]+:.",
    re.IGNORECASE,
)
_HOSTED = re.compile(
    r"https?://(?:[^/@\s]*@)?(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)/[^/#\s]+/[^/#\s]+/?(?:#|$)",
    re.IGNORECASE,
)
_SHORTHAND = re.compile(r"[^\s:@/.~-][^\s:@/]*/[^\s:@/#]+(?:#.*)?$")
_WEB = re.compile(r"https?:", re.IGNORECASE)
_PROTOCOL = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_ARCHIVE = re.compile(r".*\.(?:tgz|tar\.gz|tar)$", re.IGNORECASE)


def place_of(wanted: str) -> Place:
    """The kind of source; ranges, tags, versions, aliases of registry packages and empty text are the registry's."""
    text = wanted.strip()
    if text.startswith("npm:"):
        return Place.REGISTRY
    if _FILE.match(text):
        return Place.FILE
    if _GIT.match(text) or _HOSTED.match(text) or _SHORTHAND.fullmatch(text):
        return Place.GIT
    if _WEB.match(text):
        return Place.URL
    if _PROTOCOL.match(text):
        return Place.OTHER
    return Place.FILE if "/" in text or _ARCHIVE.fullmatch(text) else Place.REGISTRY


def registry_name(name: str, wanted: str) -> str:
    """The registry package a dependency stands for: an alias (`npm:real@^1`) names another than its key."""
    if not wanted.startswith("npm:"):
        return name
    real = wanted.removeprefix("npm:")
    at = real.find("@", 1)
    return real[:at] if at > 0 else real
