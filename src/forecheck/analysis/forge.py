"""From a manifest's `repository` to a project at one of the forges that can be asked. No other host ever is."""

import re
from enum import StrEnum
from typing import Final

import msgspec

from forecheck.npm.hosted import Host, from_repository

_SEGMENT: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}\Z")
_LONGEST_FOLDER: Final = 400
_TREE: Final = re.compile(r"github\.com/[^/]+/[^/]+/tree/[^/?#]+/([^?#]+)")


class Forge(StrEnum):
    """A host of git repositories with a public API."""

    GITHUB = "github"
    GITLAB = "gitlab"
    BITBUCKET = "bitbucket"

    @property
    def domain(self) -> str:
        return Host(self.value).domain

    @property
    def most_segments(self) -> int:
        """How many parts a project's path may have; GitLab has groups inside groups (20 deep)."""
        return 21 if self is Forge.GITLAB else 2


class Project(msgspec.Struct, frozen=True):
    """A repository; `path` is its owner (or groups) and name, made of letters, digits, `_`, `.` and `-` only."""

    forge: Forge
    path: str

    @property
    def key(self) -> str:
        """The same for every way to write it: forges do not tell upper from lower case."""
        return f"{self.forge.value}:{self.path.lower()}"

    @property
    def label(self) -> str:
        return f"{self.forge.domain}/{self.path}"


class Link(msgspec.Struct, frozen=True):
    """A project, and the folder inside it that a manifest says it comes from; empty for the root or unsaid."""

    project: Project
    folder: str = ""


def link_of(repository: str, directory: str = "") -> Link | None:
    """Where a `repository` URL or shorthand and its `directory` point to; None for any other host or no project."""
    hosted = from_repository(repository)
    if hosted is None or hosted.host not in _FORGES:
        return None
    found = project_at(Forge(hosted.host.value), f"{hosted.user}/{hosted.project}")
    if found is None:
        return None
    in_url = _TREE.search(repository)
    return Link(found, _folder(directory) or (_folder(in_url[1]) if in_url else ""))


def project_at(forge: Forge, path: str) -> Project | None:
    """The project with that path; None for one that could lead elsewhere in a URL."""
    segments = path.split("/")
    if not 2 <= len(segments) <= forge.most_segments:
        return None
    plain = all(_SEGMENT.match(one) and one.strip(".") for one in segments)
    return Project(forge, path) if plain else None


def _folder(text: str) -> str:
    segments = [one for one in text.strip().split("/") if one not in ("", ".")]
    unsafe = len(text) > _LONGEST_FOLDER or ".." in segments
    return "" if unsafe else "/".join(segments)


_FORGES: Final = frozenset(Host(forge.value) for forge in Forge)
