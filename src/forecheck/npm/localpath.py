"""Folders and files in npm's specs (npm-package-arg 13), on either kind of system and without touching one.

npm reads a path as a `file:` URL relative to the project, so `file:/./x` and `file://x` mean what they do below.
"""

import ntpath
import posixpath
import re
from typing import Literal

import msgspec

from forecheck.npm.jstext import well_formed

Platform = Literal["posix", "windows"]

_POSIX_PATH = re.compile(r"\.|~/|/|[A-Za-z]:")
_WINDOWS_PATH = re.compile(r"\.|~/|[/\\]|[A-Za-z]:")
_ROOTED_DOTS = re.compile(r"\A/{1,3}(?=\.\.?(?:/|\Z))")
_DRIVE = re.compile(r"[A-Za-z]:(?:/|\Z)")
_ROOTED_DRIVE = re.compile(r"\A/++(?=[A-Za-z]:/)")
_WINDOWS_ROOT = re.compile(r"[/\\]|[A-Za-z]:[/\\]")
_SHARE = re.compile(r"[/\\]{2}[^/\\]+[/\\]+[^/\\]")
_SLASHES = re.compile(r"\A[/\\]{2,}")
# Control characters that URL parsing trims from the end; npm escapes the other ones beforehand.
_TRIMMED = "".join(map(chr, range(1, 0x20))).translate({9: None, 10: None, 13: None})


class LocalPath(msgspec.Struct, frozen=True):
    """`absolute` is where it is, with the platform's separators; `save` is the `file:` spec npm writes down."""

    absolute: str
    save: str


def looks_local(spec: str, platform: Platform) -> bool:
    """Whether npm takes the spec for a path by its beginning alone."""
    pattern = _WINDOWS_PATH if platform == "windows" else _POSIX_PATH
    return spec[: len("file:")].lower() == "file:" or pattern.match(spec) is not None


def is_tarball(path: str) -> bool:
    """Whether npm takes the path for a package file rather than for a folder."""
    return path.lower().endswith((".tgz", ".tar.gz", ".tar"))


def read_path(spec: str, where: str, *, platform: Platform, home: str | None) -> LocalPath:
    """Read a path spec in a project at `where` (absolute). With no `home`, paths below `~` stay so."""
    body = spec.removeprefix("file:")
    if platform == "windows":
        body = body.replace("\\", "/")
        where = where.replace("\\", "/")
    body = well_formed(body).rstrip(_TRIMMED)
    if body.startswith("//") and body[2:3] not in {"", "/"}:
        body = f"/{body}"
    body = _ROOTED_DOTS.sub("", body)
    alone, resolved = _as_url(body, []), _as_url(body, [*_base(_resolve(platform, where)), ""])
    if platform == "windows":
        alone, resolved = _ROOTED_DRIVE.sub("", alone), _ROOTED_DRIVE.sub("", resolved)
    if alone == "/~" or alone.startswith("/~/"):
        save = f"file:{alone[1:]}".replace("\\", "/")
        return LocalPath(alone[1:] if home is None else _resolve(platform, home, alone[3:]), save)
    absolute = _resolve(platform, where, resolved)
    if body.startswith("/") or (platform == "windows" and _WINDOWS_ROOT.match(body)):
        save = absolute
    else:
        save = _relative(platform, _resolve(platform, where), absolute)
    save = f"file:{save}".replace("\\", "/")
    return LocalPath(absolute, save if not save.startswith("file://") else save.replace("//", "/", 1))


def _base(where: str) -> list[str]:
    segments = _segments(where)
    return (
        segments[1:] if where.startswith("\\\\") else segments
    )  # the server is the URL's host, not in its path


def _segments(path: str) -> list[str]:
    return [part for part in path.replace("\\", "/").split("/") if part]


def _as_url(body: str, base: list[str]) -> str:
    """The path of the URL `file:BODY` against a base folder, given as its segments (WHATWG URL Standard)."""
    if not body and base:
        return "/" + "/".join(base)
    kept = base[:-1]
    if body.startswith("//"):
        kept, body = [], body[3:]
    elif body.startswith("/"):
        body = body[1:]
        kept = kept[:1] if kept and _DRIVE.fullmatch(kept[0]) and not _DRIVE.match(body) else []
    elif _DRIVE.match(body):
        kept = []
    segments = body.split("/")
    for place, segment in enumerate(segments):
        if segment == ".." and kept and not (len(kept) == 1 and _DRIVE.fullmatch(kept[0])):
            kept.pop()
        if segment not in {".", ".."}:
            kept.append(segment)
        elif place == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def _resolve(platform: Platform, *paths: str) -> str:
    """`path.resolve`, taking relative paths to start at the root."""
    if platform == "posix":
        return "/" + posixpath.normpath(posixpath.join("/", *paths)).lstrip("/")
    known = [path if _SHARE.match(path) else _SLASHES.sub(r"\\", path) for path in paths]
    path = ntpath.normpath(ntpath.join(*known))
    drive, rest = ntpath.splitdrive(path)
    return path if rest.startswith("\\") else f"{drive}\\{rest}"


def _relative(platform: Platform, start: str, target: str) -> str:
    """`path.relative` of two resolved paths."""
    separator, fold = ("/", str) if platform == "posix" else ("\\", str.lower)
    here, there = start.split(separator), target.split(separator)
    here, there = [part for part in here if part], [part for part in there if part]
    common = _common([fold(part) for part in here], [fold(part) for part in there])
    if common == 0 and platform == "windows":
        return target
    return "/".join([".."] * (len(here) - common) + there[common:])


def _common(one: list[str], other: list[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
