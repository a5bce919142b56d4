"""What the test registry offers, and every way a test may change it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import msgspec

from tests.fakes import recorded
from tests.fakes.answers import Shelf
from tests.fakes.packages import ALICE, Edit, Json, Publisher, Release
from tests.fakes.publishing import Files, make_release, package_json, repacked
from tests.fakes.wire import Reply

UNPUBLISHED = datetime(2024, 6, 1, tzinfo=UTC)
SLSA = "https://slsa.dev/provenance/v1"


class Catalogue:
    """The packages and services of one registry. Every method may be called while the registry serves."""

    def __init__(self, base: Callable[[], str], max_age: int) -> None:
        self._shelf = Shelf(base, max_age)
        self._base = base

    def publish(
        self,
        name: str,
        version: str = "1.0.0",
        *,
        files: Files | None = None,
        manifest: Mapping[str, Json] | None = None,
        time: datetime | str | None = None,
        publisher: Publisher | None = ALICE,
        maintainers: Sequence[Publisher] | None = None,
        deprecated: str | None = None,
        tags: Sequence[str] = ("latest",),
        scripts: Mapping[str, str] | None = None,
        bin: str | Mapping[str, str] | None = None,  # noqa: A002  npm's own word
        dependencies: Mapping[str, str] | None = None,
        dev_dependencies: Mapping[str, str] | None = None,
        optional_dependencies: Mapping[str, str] | None = None,
        peer_dependencies: Mapping[str, str] | None = None,
        bundle_dependencies: Sequence[str] | None = None,
        tarball: bytes | None = None,
        signed: bool = False,
        attestations: Sequence[Json] | None = None,
    ) -> Release:
        """Add a release. ``manifest`` holds further package.json fields; ``files`` are added to the default
        package.json and index.js; ``tarball`` gives the very bytes instead. ``attestations`` are the entries
        of the attestations endpoint."""
        fields = {
            "scripts": scripts,
            "bin": bin,
            "dependencies": dependencies,
            "devDependencies": dev_dependencies,
            "optionalDependencies": optional_dependencies,
            "peerDependencies": peer_dependencies,
            "bundleDependencies": bundle_dependencies,
            **(manifest or {}),
        }
        with self._shelf.changing(name) as package:
            package.maintainers = package.maintainers if maintainers is None else maintainers
            release = make_release(
                package_json(name, version, fields),
                files,
                publisher=publisher,
                maintainers=package.maintainers,
                deprecated=deprecated,
                tarball=tarball,
            )
            release = self._signed(release) if signed else release
            release = release if attestations is None else self._attested(release, attestations)
            package.add(release, time=time, tags=tags)
        return release

    def unpublish(self, name: str, version: str | None = None, *, time: datetime = UNPUBLISHED) -> None:
        """Take back one version (its ``time`` stays, as npm's does), or the whole package."""
        with self._shelf.changing(name) as package:
            package.unpublish(version, time)

    def republish(self, name: str, version: str, files: Files) -> Release:
        """Other content under a version that exists: bytes and metadata change together."""
        tarball = repacked(self.release(name, version), files)
        release = self._replace(name, version, tarball=tarball, served=tarball.data)
        return self._replace(
            name, version, signatures=self._signed(release).signatures if release.signatures else []
        )

    def swap_tarball(self, name: str, version: str, files: Files) -> Release:
        """Other bytes behind the tarball URL; the metadata still promise the old ones."""
        return self._replace(name, version, served=repacked(self.release(name, version), files).data)

    def deprecate(self, name: str, version: str, message: str) -> None:
        self.confuse_manifest(name, version, {"deprecated": message})

    def confuse_manifest(self, name: str, version: str, fields: Mapping[str, Json]) -> None:
        """Have the metadata of a release say what its package.json does not; None takes a field away."""
        merged = {**self.release(name, version).manifest, **fields}
        kept = {key: value for key, value in merged.items() if value is not None}
        self._replace(name, version, manifest=kept)

    def set_tag(self, name: str, tag: str, version: str) -> None:
        """Point a dist-tag anywhere, even at a version that does not exist."""
        with self._shelf.changing(name) as package:
            package.tags[tag] = version

    def set_time(self, name: str, key: str, time: datetime | str) -> None:
        """``key`` is a version, ``created`` or ``modified``; text goes out as it is."""
        with self._shelf.changing(name) as package:
            package.times[key] = time

    def set_maintainers(self, name: str, maintainers: Sequence[Publisher]) -> None:
        with self._shelf.changing(name) as package:
            package.maintainers = maintainers

    def edit_packument(self, name: str, edit: Edit) -> None:
        """Change the full document each time it is made, after all else; the abbreviated one is cut from the
        result. ``edit`` changes its argument, or returns any other JSON value, or raw bytes."""
        with self._shelf.changing(name) as package:
            package.edits.append(edit)

    def remove_field(self, name: str, *path: str) -> None:
        """Drop a key from the document; ``*`` stands for every key, e.g. ``"versions", "*", "dist"``."""
        self.edit_packument(name, lambda document: _drop(document, path))

    def reduced(self, enabled: bool = True) -> Self:
        """Serve what a bare-bones registry serves: no maintainers, publishers, signatures, real times, file counts,
        deprecations or abbreviated documents; no audit, keys, attestations, downloads or search."""
        self._shelf.reduced = enabled
        self._shelf.forget()
        return self

    def release(self, name: str, version: str) -> Release:
        return self._shelf.packages[name].releases[version]

    def tarball_url(self, name: str, version: str) -> str:
        return f"{self._base()}{name}/-/{self.release(name, version).filename}"

    def _replace(self, name: str, version: str, **changes: object) -> Release:
        with self._shelf.changing(name) as package:
            package.releases[version] = msgspec.structs.replace(package.releases[version], **changes)
        return package.releases[version]

    def _signed(self, release: Release) -> Release:
        from tests.fakes.signing import Signer

        signer = Signer()
        if signer.document() not in self._shelf.services.keys:
            self._shelf.services.keys.append(signer.document())
        return msgspec.structs.replace(release, signatures=[signer.signature(release)])

    def _attested(self, release: Release, attestations: Sequence[Json]) -> Release:
        self.attest(release.name, release.version, attestations)
        types = [entry.get("predicateType") for entry in attestations]
        return msgspec.structs.replace(release, provenance=SLSA if SLSA in types else types[0])

    # -- services, and anything else

    def load_packument(self, path: Path, *, tarballs: Mapping[str, bytes] | None = None) -> str:
        """Serve a recorded packument (full or abbreviated JSON) with its URLs turned to this registry; gives
        the package's name. ``tarballs``: version → bytes; the others answer 404."""
        document = msgspec.json.decode(path.read_bytes())
        name: str = document["name"]
        with self._shelf.changing(name) as package:
            recorded.load(package, document, tarballs or {})
        return name

    def serve(self, path: str, body: bytes, *, content_type: str = "application/octet-stream") -> None:
        """Answer a path below the prefix (``x/y.tgz``), for what no registry knows: other people's files."""
        self._shelf.files[path] = Reply(200, {"content-type": content_type}, body)

    def advise(
        self, name: str, vulnerable: str, *, number: int = 1, severity: str = "high", title: str = "A flaw"
    ) -> None:
        """Have the bulk advisories endpoint report ``name`` at the versions in range ``vulnerable``."""
        record = {
            "id": number,
            "url": f"https://github.com/advisories/GHSA-0000-0000-{number:04d}",
            "title": title,
            "severity": severity,
            "vulnerable_versions": vulnerable,
            "cwe": [],
            "cvss": {"score": 0, "vectorString": None},
        }
        self._shelf.services.advisories.setdefault(name, []).append(record)

    def set_downloads(self, counts: Mapping[str, int]) -> None:
        """Downloads by name, the same for every period; a name without any is unknown to the API."""
        self._shelf.services.downloads.update(counts)

    def set_keys(self, keys: Sequence[Json]) -> None:
        """What ``/-/npm/v1/keys`` lists, e.g. the real registry's keys beside a recorded packument."""
        self._shelf.services.keys = list(keys)

    def attest(self, name: str, version: str, attestations: Sequence[Json]) -> None:
        """What the attestations endpoint says of a release, whatever its metadata say."""
        self._shelf.services.attestations[f"{name}@{version}"] = list(attestations)

    def set_user(self, token: str, name: str) -> None:
        """Who ``/-/whoami`` says a bearer token is."""
        self._shelf.services.users[token] = name


def _drop(document: Json, path: Sequence[str]) -> None:
    key, *rest = path
    if not isinstance(document, dict):
        return
    for found in list(document) if key == "*" else [key]:
        if rest:
            _drop(document.get(found), rest)
        else:
            document.pop(found, None)
