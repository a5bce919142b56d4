"""Short ways to make packuments for tests of what is derived from them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from forecheck.evidence.packument import Packument
from forecheck.evidence.packument_wire import read
from forecheck.model import FromRegistry, Release
from tests.fakes.ports import PUBLIC


def day(text: str) -> datetime:
    """`05-01` is that day of 2026."""
    return datetime.fromisoformat(f"2026-{text}T00:00:00+00:00")


def packument(
    times: Mapping[str, str], *, name: str = "thing", created: bool = True, **top: Any
) -> Packument:
    """A package with these versions, each published on that day of 2026 (empty: no time given). `versions` in
    `top` adds fields to some of them.
    """
    extra: dict[str, Any] = top.pop("versions", {})
    time = {version: f"2026-{text}T00:00:00.000Z" for version, text in times.items() if text}
    if created and time:
        time["created"] = min(time.values())
    document = {
        "name": name,
        "versions": {v: {"name": name, "version": v, "_id": f"{name}@{v}"} | extra.get(v, {}) for v in times},
        "time": time,
        **top,
    }
    return read(msgspec.json.encode(document), name, PUBLIC + name)


def release(version: str, name: str = "thing") -> Release:
    return Release(name, version, FromRegistry(PUBLIC))
