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
from forecheck.ports import Cache, Files, Http, Request
from forecheck.source import source

MAX_PACKED: Final = 64 * 1024 * 1024
MAX_MANIFEST: Final = 1024 * 1024

_COMMIT_FRESH: Final = timedelta(days=365)
"""A commit never changes; what is behind a URL may, at any moment."""

_URL_FRESH: Final = timedelta(0)

_BINDING: Final = "binding.gyp"


class Manifest(msgspec.Struct, frozen=True):
    """`binding` says that there is a binding.gyp beside the package.json, which npm builds."""

    declared: PackageJson
    binding: bool


@source(fetches=True)
def manifest(release: Release, http: Http, cache: Cache, files: Files, now: Now) -> Manifest:
    """The manifest out of a commit's archive, a tarball or a folder; nothing of it is written to disk or run.

    UNSUPPORTED for commits at hosts that serve no archives, and for releases of a registry, which speaks for them.
    """
    match release.origin:
        case FromGit(url=url, commit=commit):
            where, fresh = _archive_of(url, commit), _COMMIT_FRESH
        case FromTarball(url=url) if url.startswith("file:"):
            return _decoder(url)(files.read(url.removeprefix("file:")))
        case FromTarball(url=url):
            where, fresh = url, _URL_FRESH
        case FromDirectory(path=path):
            return _of_folder(files, path)
        case FromRegistry():
            raise Unavailable(UnavailableKind.UNSUPPORTED, "its registry speaks for it")
        case _:
            raise Unavailable(
                UnavailableKind.UNSUPPORTED, f"{release.spec} has no place of its own to be read from"
            )
    request = Request(url=where, source="contents", accept="*/*", max_bytes=MAX_PACKED)
    return fetch_cached(http, cache, now, request, _decoder(where), Manifest, fresh).value


def _archive_of(url: str, commit: str) -> str:
    from forecheck.npm.hosted import from_url

    hosted = from_url(url)
    archive = hosted.tarball_url(commit) if hosted is not None and commit else None
    if archive is None:
        reason = f"{url} serves no archives of its commits" if commit else f"no commit of {url} is given"
        raise Unavailable(UnavailableKind.UNSUPPORTED, reason)
    return archive


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
        return Manifest(_read(found.files["package.json"], where), _BINDING in found.names)

    return decode


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
