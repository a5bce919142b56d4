"""From a target to the reply an intact npm registry gives. Bodies are made once and kept until a change."""

import gzip
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import format_datetime
from threading import RLock

import msgspec

from tests.fakes import packages, services
from tests.fakes.kinds import Kind, Target
from tests.fakes.packages import Json, Package
from tests.fakes.wire import Reply, Request

JSON = "application/json"
CORGI = "application/vnd.npm.install-v1+json"


class Shelf:
    """Every package and service answer of one registry, rendered on demand. ``base`` is the registry's URL."""

    def __init__(self, base: Callable[[], str], max_age: int) -> None:
        self._base = base
        self._max_age = max_age
        self.packages: dict[str, Package] = {}
        self.files: dict[str, Reply] = {}
        self.services = services.Services()
        self.reduced = False
        self._kept: dict[tuple[str, str], Reply] = {}
        self._lock = RLock()

    @contextmanager
    def changing(self, name: str) -> Iterator[Package]:
        """Hold a package (made if new) for a change, and forget afterwards what was rendered of it. No answer
        is rendered meanwhile, so that a client sees all of a change or nothing of it."""
        with self._lock:
            package = self.packages.setdefault(name, Package(name))
            yield package
            package.revision += 1
            for key in [key for key in self._kept if key[0] == name]:
                del self._kept[key]

    def forget(self) -> None:
        self._kept.clear()

    def answer(self, target: Target, request: Request, path: str) -> Reply:
        if path in self.files:
            return self.files[path]
        package = self.packages.get(target.package)
        match target.kind:
            case Kind.ADVISORIES if request.method == "POST" and not self.reduced:
                return self.services.bulk(request)
            case _ if request.method not in ("GET", "HEAD"):
                return error(405, "Method not allowed")
            case Kind.PACKUMENT if package:
                short = not self.reduced and wants_corgi(request.headers.get("accept", ""))
                return self._keep(package, CORGI if short else JSON, self._document)
            case Kind.MANIFEST if package:
                return self._keep(package, target.rest, self._manifest)
            case Kind.TAGS if package and not self.reduced:
                return json_reply(package.tags)
            case Kind.TARBALL if package:
                return self._keep(package, target.rest, self._tarball)
            case Kind.PING:
                return json_reply({})
            case _ if self.reduced:
                return error(404, "Not found")
        return self.services.answer(target, request, self.packages)

    def warm(self) -> None:
        """Render every document and tarball now."""
        for package in self.packages.values():
            for content_type in (JSON, CORGI):
                self._keep(package, content_type, self._document)
            for release in package.releases.values():
                self._keep(package, release.filename, self._tarball)

    def _keep(self, package: Package, key: str, make: Callable[[Package, str], Reply]) -> Reply:
        reply = self._kept.get((package.name, key))
        if reply is None:
            with self._lock:
                reply = self._kept[package.name, key] = make(package, key)
        return reply

    def _document(self, package: Package, content_type: str) -> Reply:
        document = package.packument(self._base())
        if self.reduced:
            return json_reply(packages.reduced(document))
        if content_type == CORGI:
            document = packages.corgi(document)
        body = document if isinstance(document, bytes) else msgspec.json.encode(document)
        headers = {
            "content-type": content_type,
            "etag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
            "vary": "accept-encoding, accept",
            "cache-control": f"public, max-age={self._max_age}",
        }
        modified = max((time for time in package.times.values() if isinstance(time, datetime)), default=None)
        if modified:
            headers["last-modified"] = format_datetime(modified, usegmt=True)
        return Reply(200, headers, body, gzip.compress(body, compresslevel=1, mtime=0))

    def _manifest(self, package: Package, spec: str) -> Reply:
        document: Json = package.packument(self._base())
        versions = document.get("versions") if isinstance(document, dict) else None
        version = package.tags.get(spec, spec)
        if isinstance(versions, dict) and version in versions:
            return json_reply(versions[version])
        return json_reply(f"version not found: {spec}", 404)

    def _tarball(self, package: Package, filename: str) -> Reply:
        for release in package.releases.values():
            if release.filename == filename and release.served is not None:
                headers = {
                    "content-type": "application/octet-stream",
                    "etag": f'"{hashlib.md5(release.served).hexdigest()}"',
                    "cache-control": "public, immutable, max-age=31557600",
                }
                return Reply(200, headers, release.served)
        return error(404, "Not found")


def json_reply(document: Json, status: int = 200) -> Reply:
    return Reply(status, {"content-type": JSON}, msgspec.json.encode(document))


def error(status: int, message: str) -> Reply:
    return json_reply({"error": message}, status)


def wants_corgi(accept: str) -> bool:
    """Whether an Accept header ranks the abbreviated type at least as high as full JSON."""
    weights = {JSON: 0.0, CORGI: 0.0}
    for offer in accept.split(","):
        kind, _, parameters = offer.strip().partition(";")
        weight = parameters.replace(" ", "").partition("q=")[2]
        if kind.strip() in weights:
            weights[kind.strip()] = float(weight or 1)
    return 0 < weights[CORGI] >= weights[JSON]
