"""Where pnpm gets a package: the `resolution` field.

Shapes: `pkgSnapshotToResolution` of pnpm 3 to 11: a registry's tarball by name and version, a tarball's URL (which
may be relative to the registry), a git commit, a folder, and since pnpm 10 one archive for each platform.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

import msgspec

from forecheck.lockfiles.origins import is_archive
from forecheck.lockfiles.pnpm_keys import Place
from forecheck.lockfiles.pnpm_wire import fields, text, texts
from forecheck.lockfiles.tarball_origins import TarballOrigins
from forecheck.model import FromDirectory, FromGit, FromRegistry, FromTarball, FromUnknown, Origin


class Source(msgspec.Struct, frozen=True):
    """One archive, repository or folder; `text` is its URL or path as the file writes it."""

    origin: Origin
    integrity: str = ""
    text: str = ""
    platform: tuple[str, ...] = ()


def sources(name: str, version: str, place: Place, resolution: Any, origins: TarballOrigins) -> list[Source]:
    """Every source of a package, at least one: several where each platform has its own."""
    said = fields(resolution)
    kind = text(said.get("type"))
    if kind == "variations":
        variants = said.get("variants")
        found = [_variant(fields(one)) for one in variants] if isinstance(variants, list) else []
        return found or [Source(FromUnknown(kind), text=kind)]
    return [Source(*_source(name, version, place, said, kind, origins))]


def _source(
    name: str, version: str, place: Place, said: Mapping[str, Any], kind: str, origins: TarballOrigins
) -> tuple[Origin, str, str]:
    integrity = text(said.get("integrity"))
    if kind == "git":
        url = text(said.get("repo"))
        return FromGit(url, text(said.get("commit"))), integrity, url
    if kind == "directory":
        folder = text(said.get("directory"))
        return FromDirectory(folder), integrity, folder
    if kind == "binary":
        url = text(said.get("url"))
        return FromTarball(url), integrity, url
    if kind:
        return FromUnknown(kind), integrity, kind
    tarball = text(said.get("tarball"))
    if tarball:
        return _from_tarball(name, version, tarball, said, origins), integrity, tarball
    if not place.version:
        return FromUnknown(place.source), integrity, ""
    registry = text(said.get("registry"))
    if place.host and not registry:
        registry = f"https://{place.host}/"
    configured = origins.registry(name)
    return FromRegistry(registry) if registry not in ("", configured.url) else configured, integrity, ""


def _from_tarball(
    name: str, version: str, tarball: str, said: Mapping[str, Any], origins: TarballOrigins
) -> Origin:
    if tarball.startswith("file:"):
        path = tarball[len("file:") :]
        return FromTarball(tarball) if is_archive(path) else FromDirectory(path)
    if "://" in tarball:
        return origins.of_url(name, version, tarball)
    base = text(said.get("registry")) or origins.registry(name).url
    try:
        return origins.of_url(name, version, urljoin(base, tarball))
    except ValueError:
        return FromUnknown(tarball)


def _variant(one: Mapping[str, Any]) -> Source:
    said = fields(one.get("resolution"))
    url = text(said.get("url")) or text(said.get("tarball"))
    targets = one.get("targets")
    platforms = [_conditions(fields(target)) for target in targets] if isinstance(targets, list) else []
    whole = platforms[0] if len(platforms) == 1 else (" | ".join(" & ".join(one) for one in platforms),)
    origin: Origin = FromTarball(url) if url else FromUnknown(text(said.get("type")))
    return Source(origin, text(said.get("integrity")), url, whole if platforms else ())


def _conditions(target: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(f"{part}={value}" for part in ("os", "cpu", "libc") for value in texts(target.get(part)))
