"""Captured packuments, served again: every field as recorded but the URLs, which point at the test registry."""

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from tests.fakes.packages import Json, Package, Release
from tests.fakes.publishing import filename
from tests.fakes.tarball import measure


def load(package: Package, document: dict[str, Json], tarballs: Mapping[str, bytes]) -> None:
    """Fill ``package`` from a full or abbreviated document. ``tarballs``: version → the bytes to serve; the
    others answer 404."""
    taken = ("versions", "dist-tags", "time")
    package.recorded = {key: value for key, value in document.items() if key not in taken}
    package.keys = frozenset(document)
    package.tags = dict(document.get("dist-tags", {}))
    package.times = dict(document.get("time", {}))
    package.releases = {
        version: _release(package.name, version, manifest, tarballs.get(version))
        for version, manifest in document.get("versions", {}).items()
    }


def _release(name: str, version: str, manifest: dict[str, Json], tarball: bytes | None) -> Release:
    dist = dict(manifest.get("dist") or {})
    attested = dist.pop("attestations", {})
    url = str(dist.get("tarball", ""))
    return Release(
        name,
        version,
        {key: value for key, value in manifest.items() if key != "dist"},
        measure(tarball or b""),
        tarball,
        unquote(urlsplit(url).path.rpartition("/")[2]) or filename(name, version),
        dist=dist,
        provenance=attested.get("provenance", {}).get("predicateType"),
    )
