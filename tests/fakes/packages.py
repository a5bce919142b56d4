"""What the test registry knows about a package, and the documents npm's registry would make of it.

Shapes follow the npm registry's package metadata: the full packument, and the abbreviated one
("corgi", ``application/vnd.npm.install-v1+json``) that keeps only what an installer needs.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from tests.fakes.tarball import Tarball

Json = Any
Edit = Callable[[Json], Json]

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
"""When the first release of a package appears if the test gives no time; each next one is a day later."""

CORGI_KEYS = (
    *("name", "version", "deprecated", "dependencies", "devDependencies", "optionalDependencies"),
    *(
        "bundleDependencies",
        "bundledDependencies",
        "peerDependencies",
        "peerDependenciesMeta",
        "acceptDependencies",
    ),
    *(
        "bin",
        "directories",
        "dist",
        "engines",
        "_hasShrinkwrap",
        "hasInstallScript",
        "cpu",
        "os",
        "libc",
        "funding",
    ),
)
INSTALL_SCRIPTS = ("preinstall", "install", "postinstall")


class TrustedPublisher(msgspec.Struct, frozen=True):
    """A publish over OIDC: npm shows the provider and the id of its configuration."""

    id: str = "github"
    oidc_config_id: str = "oidc:00000000-0000-4000-8000-000000000000"


class Publisher(msgspec.Struct, frozen=True):
    """``_npmUser``: who published one release. Also used for maintainers (name and e-mail only)."""

    name: str
    email: str
    trusted: TrustedPublisher | None = None

    def document(self) -> dict[str, Json]:
        document: dict[str, Json] = {"name": self.name, "email": self.email}
        if self.trusted:
            document["trustedPublisher"] = {
                "id": self.trusted.id,
                "oidcConfigId": self.trusted.oidc_config_id,
            }
        return document


ALICE = Publisher("alice", "alice@example.com")
GITHUB_ACTIONS = Publisher("GitHub Actions", "npm-oidc-no-reply@github.com", TrustedPublisher())


class Release(msgspec.Struct, frozen=True):
    """One published version. ``manifest`` is the version document without ``dist``; ``served`` are the
    bytes the tarball endpoint answers with (None: 404), which differ from ``tarball`` only after a swap.
    ``dist`` holds what a recorded document says instead of what the tarball's bytes say."""

    name: str
    version: str
    manifest: dict[str, Json]
    tarball: Tarball
    served: bytes | None
    filename: str
    dist: dict[str, Json] | None = None
    signatures: list[Json] = []
    provenance: str | None = None

    @property
    def integrity(self) -> str:
        """What the metadata promise; empty if a recorded document has none."""
        return self.tarball.integrity if self.dist is None else str(self.dist.get("integrity", ""))

    def document(self, base: str) -> dict[str, Json]:
        return {**self.manifest, "dist": self._dist(base)} if self.dist != {} else dict(self.manifest)

    def _dist(self, base: str) -> dict[str, Json]:
        url = f"{base}{self.name}/-/{self.filename}"
        dist: dict[str, Json] = dict(self.dist or {}) or {
            "integrity": self.tarball.integrity,
            "shasum": self.tarball.shasum,
            "fileCount": self.tarball.file_count,
            "unpackedSize": self.tarball.unpacked_size,
        }
        dist["tarball"] = url
        if self.provenance:
            spec = f"{self.name.replace('/', '%2f')}@{self.version}"
            dist["attestations"] = {
                "url": f"{base}-/npm/v1/attestations/{spec}",
                "provenance": {"predicateType": self.provenance},
            }
        if self.signatures:
            dist["signatures"] = self.signatures
        return dist


class Package:
    """The mutable record of one name. ``recorded`` holds the other top-level keys of a captured document,
    ``keys`` the ones it has at all (None: those of npm's registry)."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.releases: dict[str, Release] = {}
        self.tags: dict[str, str] = {}
        self.times: dict[str, Json] = {}
        self.maintainers: Sequence[Publisher] = (ALICE,)
        self.edits: list[Edit] = []
        self.recorded: dict[str, Json] = {}
        self.keys: frozenset[str] | None = None
        self.unpublished: dict[str, Json] | None = None
        self.revision = 0

    def add(self, release: Release, *, time: datetime | str | None, tags: Sequence[str]) -> None:
        """npm gives the first release the ``latest`` tag whatever tag it is published under."""
        self.times[release.version] = time or EPOCH + timedelta(days=len(self.releases))
        self.releases[release.version] = release
        self.unpublished = None
        for tag in (*tags, *(() if "latest" in self.tags else ("latest",))):
            self.tags[tag] = release.version

    def unpublish(self, version: str | None, time: datetime) -> None:
        """Take back one version or (None) all. npm keeps the times, and of a package that is gone also who
        took it away and when (``time.unpublished``)."""
        if version is None:
            gone = {"tags": self.tags, "maintainers": [person.document() for person in self.maintainers]}
            self.unpublished = {
                "name": ALICE.name,
                "time": stamp(time),
                **gone,
                "versions": list(self.releases),
            }
            self.releases, self.tags = {}, {}
            return
        del self.releases[version]
        self.tags = {tag: aim for tag, aim in self.tags.items() if aim != version}
        if self.releases and "latest" not in self.tags:
            self.tags["latest"] = next(reversed(self.releases))

    def packument(self, base: str) -> Json:
        """The full document after every edit; an edit may turn it into any JSON value, or raw bytes."""
        document: Json = {**self._document(base), **self.recorded}
        if self.keys is not None:
            document = {key: value for key, value in document.items() if key in self.keys}
        for edit in self.edits:
            edited = edit(document)
            document = document if edited is None else edited
        return document

    def _document(self, base: str) -> dict[str, Json]:
        identity = {"_id": self.name, "_rev": f"{self.revision}-{self.revision:032x}", "name": self.name}
        if self.unpublished:
            return {**identity, "time": {**self._times(), "unpublished": self.unpublished}}
        versions: dict[str, Json] = {
            version: release.document(base) for version, release in self.releases.items()
        }
        latest: dict[str, Json] = versions.get(self.tags.get("latest", ""), {})
        copied: tuple[str, ...] = ("description", "license", "repository", "homepage")
        return {
            **identity,
            "dist-tags": dict(self.tags),
            "versions": versions,
            "time": self._times(),
            "maintainers": [person.document() for person in self.maintainers],
            **{key: latest[key] for key in copied if key in latest},
            "readme": "",
        }

    def _times(self) -> dict[str, Json]:
        times = {key: stamp(time) for key, time in self.times.items()}
        if self.keys is not None:
            return times
        published = [time for key, time in times.items() if key not in ("created", "modified")]
        texts = [time for time in published if isinstance(time, str)] or [stamp(EPOCH)]
        return {"created": min(texts), "modified": max(texts), **times}


def stamp(time: Json) -> Json:
    """npm's time format, e.g. ``2024-01-01T00:00:00.000Z``; what is no datetime goes through as it is."""
    if not isinstance(time, datetime):
        return time
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def corgi(packument: Json) -> Json:
    """The abbreviated document of a full one. Shapes that are not objects pass through untouched."""
    if not isinstance(packument, dict):
        return packument
    short = {key: packument[key] for key in ("name", "dist-tags", "versions", "modified") if key in packument}
    if isinstance(short.get("versions"), dict):
        short["versions"] = {key: _corgi_version(document) for key, document in short["versions"].items()}
    time = packument.get("time")
    if isinstance(time, dict) and "modified" in time:
        short["modified"] = time["modified"]
    return short


def _corgi_version(document: Json) -> Json:
    if not isinstance(document, dict):
        return document
    short = {key: document[key] for key in CORGI_KEYS if key in document}
    scripts = document.get("scripts")
    if isinstance(scripts, Mapping) and any(name in scripts for name in INSTALL_SCRIPTS):
        short["hasInstallScript"] = True
    return short


def reduced(packument: Json) -> Json:
    """What a bare-bones registry serves: the published package.json and three fields of ``dist``; ``time`` is
    its own import clock (other format, no created/modified); only the ``latest`` tag."""
    if not isinstance(packument, dict) or not isinstance(packument.get("versions"), dict):
        return packument
    versions = {version: _reduced_version(document) for version, document in packument["versions"].items()}
    tags = packument.get("dist-tags")
    latest = tags.get("latest") if isinstance(tags, dict) else None
    return {
        "_id": packument.get("_id"),
        "name": packument.get("name"),
        "dist-tags": {"latest": latest} if latest else {},
        "versions": versions,
        "time": dict.fromkeys(versions, "2025-12-11T09:30:00.123456+00:00"),
    }


def _reduced_version(document: Json) -> Json:
    if not isinstance(document, dict):
        return document
    hidden = ("maintainers", "gitHead", "deprecated", "hasInstallScript", "gypfile")
    short = {key: value for key, value in document.items() if key not in hidden and not key.startswith("_")}
    dist = short.get("dist")
    if isinstance(dist, dict):
        short["dist"] = {key: dist[key] for key in ("integrity", "shasum", "tarball") if key in dist}
    return short
