"""The package.json of a release that does not come from a registry: the one npm would really install."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import msgspec

from forecheck.analysis.package_json import PackageJson
from forecheck.evidence.fetching import fetch_cached
from forecheck.model import (
    FromDirectory,
    FromGit,
    FromRegistry,
    FromTarball,
    Now,
    Release,
    Unavailable,
    UnavailableKind,
)
from forecheck.ports import Cache, Commits, Files, Http, Request
from forecheck.source import source

MAX_PACKED: Final = 64 * 1024 * 1024
MAX_MANIFEST: Final = 1024 * 1024

_COMMIT_FRESH: Final = timedelta(days=365)
"""A commit never changes; what is behind a URL may, at any moment."""

_URL_FRESH: Final = timedelta(0)

_BINDING: Final = "binding.gyp"

_PERHAPS_PRIVATE: Final = frozenset({UnavailableKind.NOT_FOUND, UnavailableKind.REFUSED})
"""What hosts answer about repositories that only their members see; git has the member's own key."""


class Manifest(msgspec.Struct, frozen=True):
    """`binding` says that there is a binding.gyp beside the package.json, which npm builds.

    `integrity` is the SHA-512 of the archive it was read from, as subresource integrity; empty for commits, whose
    hash is their name, and for folders.
    """

    declared: PackageJson
    binding: bool
    integrity: str = ""


def comes_from_elsewhere(release: Release) -> bool:
    """Whether no registry vouches for a release, so that its own contents are all there is to go by."""
    return not isinstance(release.origin, FromRegistry)


@source(fetches=True)
def manifest(
    release: Release, http: Http, cache: Cache, files: Files, commits: Commits, now: Now
) -> Manifest:
    """The manifest out of a commit, a tarball or a folder; nothing of it is checked out or run.

    A commit is read from the archive its host serves, else, or where that is denied, through git. UNSUPPORTED for
    releases of a registry, which speaks for them.
    """
    match release.origin:
        case FromGit(url=url, commit=commit):
            archive = _archive_of(url, commit)
            if archive is None:
                return _of_commit(commits, url, commit)
            request = Request(url=archive, source="contents", accept="*/*", max_bytes=MAX_PACKED)
            try:
                return fetch_cached(
                    http, cache, now, request, _decoder(archive), Manifest, _COMMIT_FRESH
                ).value
            except Unavailable as missing:
                if missing.kind not in _PERHAPS_PRIVATE:
                    raise
                return _of_commit(commits, url, commit)
        case FromTarball(url=url) if url.startswith("file:"):
            return _decoder(url)(files.read(url.removeprefix("file:")))
        case FromTarball(url=url):
            request = Request(url=url, source="contents", accept="*/*", max_bytes=MAX_PACKED)
            return fetch_cached(http, cache, now, request, _decoder(url), Manifest, _URL_FRESH).value
        case FromDirectory(path=path):
            return _of_folder(files, path)
        case FromRegistry():
            raise Unavailable(UnavailableKind.UNSUPPORTED, "its registry speaks for it")
        case _:
            raise Unavailable(
                UnavailableKind.UNSUPPORTED, f"{release.spec} has no place of its own to be read from"
            )


def _archive_of(url: str, commit: str) -> str | None:
    from forecheck.npm.hosted import from_url

    if not commit:
        raise Unavailable(UnavailableKind.NOT_FOUND, f"no commit of {url} is given")
    hosted = from_url(url)
    return hosted.tarball_url(commit) if hosted is not None else None


def _of_commit(commits: Commits, url: str, commit: str) -> Manifest:
    found = commits.read(url, commit, ("package.json", _BINDING))
    where = f"{url} at {commit}"
    if "package.json" not in found:
        raise Unavailable(UnavailableKind.MALFORMED, f"{where} holds no package.json")
    return Manifest(_read(found["package.json"], where), _BINDING in found)


def _decoder(where: str) -> Callable[[bytes], Manifest]:
    """Reads a tarball; raises `Unavailable`, MALFORMED or TOO_LARGE."""

    def decode(body: bytes) -> Manifest:
        from forecheck.analysis.archive import Limits, TooLarge, read_archive
        from forecheck.decode import Malformed

        try:
            found = read_archive(body, where, lambda path: path == "package.json", Limits(kept=MAX_MANIFEST))
        except TooLarge as over:
            raise Unavailable(UnavailableKind.TOO_LARGE, f"{where} {over}") from None
        except Malformed as wrong:
            raise Unavailable(UnavailableKind.MALFORMED, str(wrong)) from None
        if "package.json" not in found.files:
            raise Unavailable(UnavailableKind.MALFORMED, f"{where} holds no package.json")
        declared = _read(found.files["package.json"], where)
        return Manifest(declared, _BINDING in found.names, _integrity_of(body))

    return decode


def _integrity_of(body: bytes) -> str:
    from binascii import b2a_base64
    from hashlib import sha512

    return f"sha512-{b2a_base64(sha512(body).digest(), newline=False).decode()}"


def _of_folder(files: Files, path: str) -> Manifest:
    declared = _read(files.read(f"{path}/package.json"), path)
    try:
        files.read(f"{path}/{_BINDING}")
    except Unavailable as missing:
        if missing.kind is not UnavailableKind.NOT_FOUND:
            raise
        return Manifest(declared, binding=False)
    return Manifest(declared, binding=True)


def _read(data: bytes, where: str) -> PackageJson:
    from forecheck.analysis.package_json import WirePackageJson, tidy
    from forecheck.decode import Malformed, read_json

    try:
        wire = read_json(data, WirePackageJson, f"{where}: package.json", max_bytes=MAX_MANIFEST)
    except Malformed as wrong:
        raise Unavailable(UnavailableKind.MALFORMED, str(wrong)) from None
    return tidy(wire)
