"""What a pnpm lockfile holds, by shape: the mappings and texts of one YAML document, before they mean anything."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from forecheck.decode import Malformed
from forecheck.lockfiles.pnpm_keys import Spelling
from forecheck.lockfiles.yaml_events import Document

_VERSIONS = {"3": Spelling.SLASHES, "4": Spelling.SLASHES, "5": Spelling.SLASHES}
_VERSIONS |= {"6": Spelling.SLASH_AT, "7": Spelling.SLASH_AT, "9": Spelling.PLAIN}
TOP = frozenset(
    {
        *(
            "lockfileVersion",
            "shrinkwrapVersion",
            "shrinkwrapMinorVersion",
            "version",
            "minorVersion",
            "registry",
        ),
        *("settings", "importers", "packages", "snapshots", "specifiers", "dependencies", "devDependencies"),
        *("optionalDependencies", "dependenciesMeta", "overrides", "catalogs", "patchedDependencies", "time"),
        *("packageExtensionsChecksum", "pnpmfileChecksum", "ignoredOptionalDependencies", "publishDirectory"),
        *("neverBuiltDependencies", "onlyBuiltDependencies", "allowedDeprecatedVersions"),
    }
)
FACTS = frozenset(
    {
        *(
            "resolution",
            "id",
            "name",
            "version",
            "dev",
            "optional",
            "requiresBuild",
            "prepare",
            "hasBin",
            "patched",
        ),
        *("os", "cpu", "libc", "engines", "deprecated", "dependencies", "optionalDependencies"),
        *("peerDependencies", "peerDependenciesMeta", "transitivePeerDependencies"),
        *("bundledDependencies", "bundleDependencies"),
    }
)


class Importer(msgspec.Struct, frozen=True):
    """A project of the workspace: its folder, and by section the (specifier, reference) of each dependency.

    `missing` are the specifiers that no section resolves.
    """

    folder: str
    sections: Mapping[str, Mapping[str, tuple[str, str]]]
    missing: Mapping[str, str]


class File(msgspec.Struct, frozen=True):
    """One document: `packages` and `snapshots` are the same mapping up to lockfileVersion 6.

    `overridden` are the names that the project answers itself; None where a hook may have changed any manifest.
    """

    version: str
    spelling: Spelling
    registry: str
    importers: tuple[Importer, ...]
    packages: Mapping[str, Mapping[str, Any]]
    snapshots: Mapping[str, Mapping[str, Any]]
    patches: Mapping[str, Any]
    overridden: frozenset[str] | None
    unknown: tuple[str, ...]


SECTIONS = ("dependencies", "devDependencies", "optionalDependencies")
_OF_PNPM_ITSELF = ("configDependencies", "packageManagerDependencies")


def read_file(document: Document, path: str) -> File:
    """Check one document's shape; raises `Malformed` with the line where the shape is wrong."""
    reader = _Reader(document, path)
    root = reader.mapping(document.root, ())
    version, spelling = reader.version(root)
    old = "lockfileVersion" not in root
    importers = reader.table(root, "importers")
    own = {key: root[key] for key in (*SECTIONS, "specifiers") if key in root}
    if own or "importers" not in root:
        importers = {".": own, **importers}
    packages = reader.table(root, "packages")
    return File(
        version=version,
        spelling=spelling,
        registry=text(root.get("registry")) if old else "",
        importers=tuple(reader.importer(folder, fields) for folder, fields in importers.items()),
        packages=packages,
        snapshots=reader.table(root, "snapshots") if "snapshots" in root else packages,
        overridden=_overridden(root),
        patches=reader.mapping(root.get("patchedDependencies", ""), ("patchedDependencies",)),
        unknown=tuple(
            sorted(root.keys() - TOP) if old else sorted(root.keys() - TOP | root.keys() & {"registry"})
        ),
    )


def text(node: Any) -> str:
    """A text field, empty where the file holds anything else."""
    return node if isinstance(node, str) else ""


def texts(node: Any) -> tuple[str, ...]:
    """A field that holds one text or several."""
    if isinstance(node, list):
        return tuple(part for part in node if isinstance(part, str))
    return (node,) if isinstance(node, str) and node else ()


def fields(node: Any) -> Mapping[str, Any]:
    """A field that holds a mapping, empty where the file holds anything else."""
    return node if isinstance(node, dict) else {}


def _overridden(root: Mapping[str, Any]) -> frozenset[str] | None:
    """By the keys of `overrides`: `a`, `a@1`, `b>a`, `b@1>a@2`."""
    if "pnpmfileChecksum" in root or "packageExtensionsChecksum" in root:
        return None
    last = [key.rpartition(">")[2].strip() for key in fields(root.get("overrides"))]
    return frozenset(name[:1] + name[1:].partition("@")[0] for name in last)


class _Reader:
    def __init__(self, document: Document, path: str) -> None:
        self._document = document
        self._path = path

    def version(self, root: Mapping[str, Any]) -> tuple[str, Spelling]:
        said = root.get("lockfileVersion") or root.get("shrinkwrapVersion") or root.get("version")
        if not isinstance(said, str) or not said:
            raise Malformed(self._path, "has no lockfileVersion")
        spelling = _VERSIONS.get(said.partition(".")[0])
        if spelling is None:
            raise self._wrong(("lockfileVersion",), f"has the unknown lockfileVersion {said[:20]!r}")
        return said, spelling

    def mapping(self, node: Any, place: tuple[str, ...]) -> dict[str, Any]:
        """A mapping, or nothing at all (a key without a value)."""
        if isinstance(node, dict):
            return node
        if node == "" and place:
            return {}
        raise self._wrong(place, f"has no mapping at {place[-1][:80]}" if place else "is no mapping")

    def table(self, root: Mapping[str, Any], name: str) -> dict[str, dict[str, Any]]:
        """A mapping of mappings."""
        rows = self.mapping(root.get(name, ""), (name,))
        for key, row in rows.items():
            if not isinstance(row, dict):
                rows[key] = self.mapping(row, (name, key))
        return rows

    def importer(self, folder: str, content: Mapping[str, Any]) -> Importer:
        specifiers = fields(content.get("specifiers"))
        sections = {
            section: dict(self._resolved(fields(content.get(section)), specifiers))
            for section in (*SECTIONS, *_OF_PNPM_ITSELF)
            if section in content
        }
        resolved = {name for section in sections.values() for name in section}
        missing = {name: text(wanted) for name, wanted in specifiers.items() if name not in resolved}
        return Importer(folder, sections, missing)

    def _resolved(
        self, section: Mapping[str, Any], specifiers: Mapping[str, Any]
    ) -> Iterator[tuple[str, tuple[str, str]]]:
        for name, value in section.items():
            if isinstance(value, dict):
                yield name, (text(value.get("specifier")), text(value.get("version")))
            else:
                yield name, (text(specifiers.get(name)), text(value))

    def _wrong(self, place: tuple[str, ...], why: str) -> Malformed:
        line, _ = self._document.places.get(place, (1, 1))
        return Malformed(self._path, why, f"line {line}")
