"""Real packages with the signatures that npm's registry gave them."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

FIXTURES = Path(__file__).parent.parent / "fixtures"


class Real(msgspec.Struct, frozen=True):
    """One signature of one version; `published` is None where the recording does not say."""

    name: str
    version: str
    integrity: str
    keyid: str
    sig: str
    published: datetime | None

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


def real_signatures() -> Iterator[Real]:
    """All 135: lodash, has-package-exports (with times), and what was captured of 2026."""
    packuments = [json.loads((FIXTURES / "packuments" / "lodash.corgi.json").read_bytes())]
    packuments += json.loads((FIXTURES / "signatures" / "has-package-exports.json").read_bytes()).values()
    manifests = [
        (manifest, document.get("time", {}).get(version))
        for document in packuments
        for version, manifest in document["versions"].items()
    ]
    captured = sorted((FIXTURES / "packuments" / "captured").iterdir())
    manifests += [(json.loads(path.read_bytes()), None) for path in captured]
    for manifest, time in manifests:
        published = datetime.fromisoformat(time) if time else None
        for one in manifest["dist"].get("signatures", ()):
            integrity = manifest["dist"]["integrity"]
            yield Real(manifest["name"], manifest["version"], integrity, one["keyid"], one["sig"], published)


def keys_document() -> bytes:
    """What npm's `/-/npm/v1/keys` answers."""
    return (FIXTURES / "signatures" / "npm-keys.json").read_bytes()
