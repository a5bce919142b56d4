"""The registry's endpoints beside packages: audit advisories, downloads, keys, attestations, search, whoami.

Downloads answer as api.npmjs.org does: one name gives its object or 404; several give an object of name →
object or null; scoped names are refused in bulk with 400 (npm/download-counts#37), and so are more than 128.
"""

import zlib
from collections.abc import Mapping
from urllib.parse import parse_qs

import msgspec

from tests.fakes.kinds import Kind, Target
from tests.fakes.packages import Json, Package
from tests.fakes.wire import Reply, Request, decoded_body

BULK_LIMIT = 128
PERIODS = {
    "last-day": ("2024-06-07", "2024-06-07"),
    "last-week": ("2024-06-01", "2024-06-07"),
    "last-month": ("2024-05-09", "2024-06-07"),
    "last-year": ("2023-06-09", "2024-06-07"),
}


class Services:
    """``advisories``: name → records of the bulk endpoint. ``downloads``: name → count for any period.
    ``attestations``: ``name@version`` → the list. ``users``: bearer token → user name."""

    def __init__(self) -> None:
        self.advisories: dict[str, list[Json]] = {}
        self.downloads: dict[str, int] = {}
        self.attestations: dict[str, list[Json]] = {}
        self.keys: list[Json] = []
        self.users: dict[str, str] = {}

    def bulk(self, request: Request) -> Reply:
        """``{name: [versions]}`` in, ``{name: [advisories]}`` out; the client does the range matching."""
        try:
            asked = msgspec.json.decode(decoded_body(request), type=dict[str, list[str]])
        except (msgspec.DecodeError, OSError, EOFError, zlib.error):
            return _json({"error": "Invalid JSON"}, 400)
        return _json({name: self.advisories[name] for name in asked if name in self.advisories})

    def answer(self, target: Target, request: Request, packages: Mapping[str, Package]) -> Reply:
        match target.kind:
            case Kind.KEYS:
                return _json({"keys": self.keys})
            case Kind.ATTESTATIONS:
                found = self.attestations.get(f"{target.package}@{target.rest}")
                return _not_found() if found is None else _json({"attestations": found})
            case Kind.DOWNLOADS:
                return self._downloads(target.package.split(","), target.rest)
            case Kind.SEARCH:
                return self._search(request, packages)
            case Kind.WHOAMI:
                user = self.users.get(request.headers.get("authorization", "").removeprefix("Bearer "))
                return _json({"username": user}) if user else _json({"error": "Unauthorized"}, 401)
        return _not_found()

    def _downloads(self, names: list[str], period: str) -> Reply:
        if period not in PERIODS:
            return _json({"error": "bad period"}, 400)
        start, end = PERIODS[period]
        counts = {
            name: {"downloads": self.downloads[name], "start": start, "end": end, "package": name}
            for name in names
            if name in self.downloads
        }
        if len(names) == 1:
            found = counts.get(names[0])
            return _json(found) if found else _json({"error": f"package {names[0]} not found"}, 404)
        if any(name.startswith("@") for name in names):
            return _json({"error": "scoped packages are not currently supported in bulk lookups"}, 400)
        if len(names) > BULK_LIMIT:
            return _json({"error": f"bulk queries are limited to {BULK_LIMIT} packages"}, 400)
        return _json({name: counts.get(name) for name in names})

    def _search(self, request: Request, packages: Mapping[str, Package]) -> Reply:
        text = parse_qs(request.path.partition("?")[2]).get("text", [""])[0]
        objects = [
            {"package": {"name": name, "version": package.tags.get("latest", "")}}
            for name, package in packages.items()
            if text in name
        ]
        return _json({"objects": objects, "total": len(objects), "time": "2024-06-08T00:00:00.000Z"})


def _not_found() -> Reply:
    return _json({"error": "Not found"}, 404)


def _json(document: Json, status: int = 200) -> Reply:
    return Reply(status, {"content-type": "application/json"}, msgspec.json.encode(document))
