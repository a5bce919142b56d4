"""pnpm-lock.yaml, lockfileVersion 5.0 to 9.0, and its forerunner shrinkwrap.yaml, version 3 and 4.

Fields: @pnpm/lockfile.types of pnpm 3 to 11. pnpm 11 writes two YAML documents: the first pins pnpm itself and what
configures it, the second the project.
"""

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from forecheck.decode import Malformed
from forecheck.lockfiles.format import lockfile_format
from forecheck.lockfiles.lockfile_text import collector_paused, decode_text, explain_conflict
from forecheck.lockfiles.origins import RegistryFor
from forecheck.lockfiles.pnpm_keys import read_key, target_key, without_suffix
from forecheck.lockfiles.pnpm_sources import Source, sources
from forecheck.lockfiles.pnpm_wire import FACTS, File, Importer, fields, read_file, text, texts
from forecheck.lockfiles.tarball_origins import TarballOrigins
from forecheck.lockfiles.yaml_events import Document, read_documents
from forecheck.model import (
    Edge,
    EdgeKind,
    Entry,
    EntryKind,
    FromBundle,
    FromDirectory,
    FromRegistry,
    Location,
    Lockfile,
    Release,
    Remark,
    RemarkKind,
)

ENVIRONMENT = "env:"
"""Before every location of a first document that pins pnpm itself."""

_KINDS = {
    "devDependencies": EdgeKind.DEV,
    "optionalDependencies": EdgeKind.OPTIONAL,
}
_OWN_KEYS = (b"lockfileVersion:", b"shrinkwrapVersion:", b"importers:", b"specifiers:", b"dependencies:")


def _sniff(head: bytes) -> bool:
    lines = b"\n" + head.replace(b"\r", b"\n")
    return b"\n__metadata:" not in lines and any(b"\n" + key in lines for key in _OWN_KEYS)


@lockfile_format(manager="pnpm", names=("pnpm-lock.yaml", "shrinkwrap.yaml"), sniff=_sniff)
def parse(data: bytes, path: str, registry_for: RegistryFor) -> Lockfile:
    """Read a pnpm lockfile; raises `Malformed`.

    An entry's location is its key with its peers, so one release has as many entries as it has sets of peers. A
    project's is its folder (the root's is `.`), and a link's `name@link:folder`. All of a first of two documents
    stands after `env:`. Only pnpm 8 and before say which packages are for development.
    """
    with collector_paused():
        source = decode_text(data, path)
        try:
            documents = read_documents(source, path, most=2)
        except Malformed as wrong:
            raise explain_conflict(source, wrong) from None
        if not documents:
            raise Malformed(path, "holds nothing", "line 1")
        readers = [
            _Reader(path, registry_for, document, ENVIRONMENT if document is not documents[-1] else "")
            for document in documents
        ]
        entries = tuple(entry for reader in readers for entry in reader.entries())
        remarks = tuple(remark for reader in readers for remark in reader.remarks)
        return Lockfile(path, "pnpm", readers[-1].file.version, entries, "pnpm", remarks)


class _Reader:
    """One document."""

    def __init__(self, path: str, registry_for: RegistryFor, document: Document, prefix: str) -> None:
        self._path = path
        self._places = document.places
        self._prefix = prefix
        self.file: File = read_file(document, path)
        registry = self.file.registry
        self._origins = TarballOrigins((lambda _: registry) if registry else registry_for)
        self._folders = frozenset(importer.folder for importer in self.file.importers)
        self._keys = frozenset(self.file.snapshots)
        self._links: dict[str, Entry] = {}
        self._edges: dict[tuple[str, str], Edge] = {}
        self._names: dict[str, dict[str, None]] = {}
        self.remarks: list[Remark] = []
        if twice := self._folders & self.file.packages.keys():
            raise Malformed(path, f"has {min(twice)[:80]} both as a project and as a package")
        for name in self.file.unknown:
            self._remark(name, f"{name} is no field of this lockfileVersion", (name,))

    def entries(self) -> Iterator[Entry]:
        """The projects, what they install, and what they link to."""
        found = [self._project(importer) for importer in self.file.importers]
        seen: set[str] = set()
        for key, snapshot in self.file.snapshots.items():
            facts_key = key if key in self.file.packages else without_suffix(key)
            seen.add(facts_key)
            found.extend(self._package(key, facts_key, snapshot))
        for key in self.file.packages:
            if key not in seen:
                found.extend(self._package(key, key, {}))
        yield from map(self._called, found)
        yield from self._links.values()

    def _called(self, entry: Entry) -> Entry:
        """An entry with the name it is depended on under, if that is never its own; some keys hold no name at all."""
        names = self._names.get(entry.location, {})
        if entry.installed_as in names or not (names or entry.kind is EntryKind.PACKAGE):
            return entry
        name = next(iter(names), entry.installed_as or entry.location)
        if entry.release.name:
            return msgspec.structs.replace(entry, installed_as=name)
        return msgspec.structs.replace(
            entry, installed_as=name, release=msgspec.structs.replace(entry.release, name=name)
        )

    def _project(self, importer: Importer) -> Entry:
        folder = importer.folder
        root = folder == "."
        location = self._project_location(folder)
        return Entry(
            location=location,
            kind=EntryKind.ROOT if root else EntryKind.WORKSPACE,
            release=Release("" if root else folder, "", FromDirectory("" if root else folder)),
            installed_as="" if root else folder,
            edges=tuple(self._project_edges(importer)),
            at=self._at(("importers", folder)),
        )

    def _project_location(self, folder: str) -> str:
        return f"{self._prefix}{folder}"

    def _project_edges(self, importer: Importer) -> Iterator[Edge]:
        for section, dependencies in importer.sections.items():
            kind = _KINDS.get(section, EdgeKind.PROD)
            for name, (specifier, reference) in dependencies.items():
                target = self._target(name, reference, importer.folder)
                yield Edge(
                    name, specifier or self._asked(name, reference), kind, kind is EdgeKind.OPTIONAL, target
                )
        for name, specifier in importer.missing.items():
            yield Edge(name, specifier, EdgeKind.PROD)

    def _target(self, name: str, reference: str, folder: str) -> str:
        """The location that a reference points to; a linked folder outside the workspace becomes an entry."""
        if not reference.startswith("link:"):
            key = target_key(reference, name, self.file.spelling)
            if key not in self._keys:
                return ""
            location = f"{self._prefix}{key}"
            self._names.setdefault(location, {})[name] = None
            return location
        linked = posixpath.normpath(posixpath.join(folder, reference[len("link:") :]))
        if linked in self._folders:
            return self._project_location(linked)
        location = f"{self._prefix}{name}@link:{linked}"
        if location not in self._links:
            at = self._at(("importers", folder))
            release = Release(name, "", FromDirectory(linked))
            self._links[location] = Entry(location, EntryKind.LINK, release, name, resolved=reference, at=at)
        return location

    def _asked(self, name: str, reference: str) -> str:
        """What a package asked for is not in the file: its answer, in npm's words, stands in for it."""
        place = read_key(target_key(reference, name, self.file.spelling), self.file.spelling)
        if not place.version:
            return reference
        return place.version if place.name == name else f"npm:{place.name}@{place.version}"

    def _package(self, key: str, facts_key: str, snapshot: Mapping[str, Any]) -> Iterator[Entry]:
        file = self.file
        facts = file.packages.get(facts_key, snapshot)
        if "resolution" not in facts:  # pnpm lays the one over the other
            facts = {**snapshot, **facts}
        place = read_key(key, file.spelling)
        name = place.name or text(facts.get("name"))
        version = place.version or text(facts.get("version"))
        found = sources(name, version, place, facts.get("resolution"), self._origins)
        at = self._at(("packages", facts_key), ("snapshots", key))
        location = f"{self._prefix}{key}"
        self._compare(location, name, version, found[0], facts, at)
        variants = [f"{location}#{number}" if number else location for number in range(len(found))]
        bundled = texts(facts.get("bundledDependencies") or facts.get("bundleDependencies"))
        published = isinstance(found[0].origin, FromRegistry)
        edges = (
            [*self._edges_of(snapshot, facts, published)] if snapshot or facts.get("peerDependencies") else []
        )
        edges += [
            Edge(name, version, EdgeKind.OPTIONAL, optional=True, target=other) for other in variants[1:]
        ]
        edges += [Edge(inner, "", EdgeKind.PROD, target=f"{location}/{inner}") for inner in bundled]
        patched = place.patch_hash or text(snapshot.get("patched")) or text(facts.get("patched"))
        patch = self._patch(name, version, place.patch_hash) if patched else ""
        flags = (snapshot, facts)
        for number, source in enumerate(found):
            yield Entry(
                location=variants[number],
                kind=EntryKind.PACKAGE,
                release=Release(name, version, source.origin),
                installed_as=name,
                integrity=source.integrity,
                resolved=source.text,
                edges=tuple(edges) if number == 0 else (),
                dev=any(part.get("dev") == "true" for part in flags),
                optional=any(part.get("optional") == "true" for part in flags),
                install_script=True if facts.get("requiresBuild") == "true" else None,
                at=at,
                patch=patch,
                platform=source.platform or _platform(facts),
            )
        for inner in bundled:
            release = Release(inner, "", FromBundle(name))
            yield Entry(f"{location}/{inner}", EntryKind.PACKAGE, release, inner, at=at)

    def _compare(
        self, location: str, name: str, version: str, source: Source, facts: Mapping[str, Any], at: Location
    ) -> None:
        """What the key says against what the fields say; pnpm fetches a registry's package by its key."""
        said = text(facts.get("name")) or name, text(facts.get("version")) or version
        if isinstance(source.origin, FromRegistry) and said != (name, version):
            message = f"{location} has the name and version {'@'.join(said)} in its fields"
            self.remarks.append(Remark(RemarkKind.HALVES_DISAGREE, location, message, at))
        if not facts.keys() <= FACTS:
            unknown = ", ".join(sorted(facts.keys() - FACTS))
            message = f"{location} has {unknown}, which pnpm does not write"
            self.remarks.append(Remark(RemarkKind.UNKNOWN_FIELD, location, message, at))

    def _edges_of(
        self, snapshot: Mapping[str, Any], facts: Mapping[str, Any], published: bool
    ) -> Iterator[Edge]:
        peers = fields(facts.get("peerDependencies"))
        answered: set[str] = set()
        for section, kind in (("dependencies", EdgeKind.PROD), ("optionalDependencies", EdgeKind.OPTIONAL)):
            for name, reference in fields(snapshot.get(section)).items():
                if name in peers:
                    answered.add(name)
                    yield self._peer(name, facts, self._target(name, text(reference), "."))
                elif published and text(reference).startswith("link:"):
                    yield self._published_link(name, text(reference), kind)
                else:
                    yield self._edge(name, text(reference), kind)
        for name in peers:
            if name not in answered:
                yield self._peer(name, facts, "")

    def _peer(self, name: str, facts: Mapping[str, Any], target: str) -> Edge:
        wanted = text(fields(facts.get("peerDependencies")).get(name))
        meta = fields(fields(facts.get("peerDependenciesMeta")).get(name))
        return Edge(name, wanted, EdgeKind.PEER, meta.get("optional") == "true", target)

    def _published_link(self, name: str, reference: str, kind: EdgeKind) -> Edge:
        """What is published asks for a range and not for a folder of the project, whose overrides may say so."""
        edge = self._edge(name, reference, kind)
        overridden = self.file.overridden
        unexplained = overridden is not None and name not in overridden
        return msgspec.structs.replace(edge, wanted="*") if unexplained else edge

    def _edge(self, name: str, reference: str, kind: EdgeKind) -> Edge:
        if kind is EdgeKind.OPTIONAL:
            target = self._target(name, reference, ".")
            return Edge(name, self._asked(name, reference), kind, optional=True, target=target)
        edge = self._edges.get((name, reference))
        if edge is None:
            target = self._target(name, reference, ".")
            edge = self._edges[name, reference] = Edge(
                name, self._asked(name, reference), kind, target=target
            )
        return edge

    def _patch(self, name: str, version: str, digest: str) -> str:
        """The file that patches a package, or its hash where the lockfile gives no more."""
        for asked in (f"{name}@{version}", name):
            if asked in self.file.patches:
                found = self.file.patches[asked]
                return text(fields(found).get("path")) or text(found) or digest
        return digest or "patched"

    def _remark(self, about: str, message: str, place: tuple[str, ...]) -> None:
        self.remarks.append(Remark(RemarkKind.UNKNOWN_FIELD, about, message, self._at(place)))

    def _at(self, *keys: tuple[str, ...]) -> Location:
        line, column = next((self._places[key] for key in keys if key in self._places), (1, 1))
        return Location(self._path, line, column)


def _platform(facts: Mapping[str, Any]) -> tuple[str, ...]:
    if "os" not in facts and "cpu" not in facts and "libc" not in facts:
        return ()
    return tuple(f"{part}={value}" for part in ("os", "cpu", "libc") for value in texts(facts.get(part)))
