"""yarn.lock as yarn 1 writes it (`# yarn lockfile v1`).

Fields: yarn 1.22 `src/lockfile/index.js`. The file has no root and no workspaces, and says of no package whether it
is for development or optional; `yarn_manifests.with_manifests` adds what the manifests know.
"""

import re
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Mapping

from forecheck.decode import Malformed
from forecheck.lockfiles.format import lockfile_format
from forecheck.lockfiles.lockfile_text import collector_paused, decode_text
from forecheck.lockfiles.origins import RegistryFor, is_archive
from forecheck.lockfiles.tarball_origins import TarballOrigins
from forecheck.lockfiles.yarn_classic_wire import Block, read_blocks
from forecheck.model import (
    Edge,
    EdgeKind,
    Entry,
    EntryKind,
    FromDirectory,
    FromGit,
    FromTarball,
    FromUnknown,
    Location,
    Lockfile,
    Origin,
    Release,
    Remark,
    RemarkKind,
)

_FIELDS = frozenset({"version", "resolved", "integrity", "name", "uid", "registry"})
_SECTIONS = frozenset({"dependencies", "optionalDependencies", "permissions"})
_EDGES = (("dependencies", EdgeKind.PROD), ("optionalDependencies", EdgeKind.OPTIONAL))
_GIT_HOSTS = ("github.com", "gitlab.com", "bitbucket.com", "bitbucket.org")
_SHA1 = re.compile(r"[0-9a-f]{40}").fullmatch


def _sniff(head: bytes) -> bool:
    return b"# yarn lockfile v1" in head or b'\n  version "' in head


@lockfile_format(manager="yarn", names=("yarn.lock",), sniff=_sniff)
def parse(data: bytes, path: str, registry_for: RegistryFor) -> Lockfile:
    """Read a yarn 1 lockfile; raises `Malformed`.

    Each entry's location is its key line: the patterns it answers, unquoted, joined by a comma and a space. Of a
    pattern that stands twice the last one counts, as it does for yarn, and a remark says so.
    """
    with collector_paused():
        return _read(decode_text(data, path), path, registry_for)


def _read(text: str, path: str, registry_for: RegistryFor) -> Lockfile:
    blocks = tuple(read_blocks(text, path))
    reader = _Reader(path, registry_for, blocks)
    root = Entry("", EntryKind.ROOT, Release("", "", FromDirectory("")), "", at=Location(path, 1, 1))
    entries = (root, *(reader.entry(at, block) for at, block in zip(reader.locations, blocks, strict=True)))
    return Lockfile(path, "yarn-classic", "1", entries, "yarn", tuple(reader.remarks()))


def name_and_range(pattern: str) -> tuple[str, str]:
    """`@s/a@^1` as (`@s/a`, `^1`): yarn splits at the first `@` that does not begin a scope."""
    at = pattern.find("@", 1)
    return (pattern, "") if at < 0 else (pattern[:at], pattern[at + 1 :])


class _Reader:
    def __init__(self, path: str, registry_for: RegistryFor, blocks: tuple[Block, ...]) -> None:
        self._path = path
        self._origins = TarballOrigins(registry_for)
        self._blocks = blocks
        self._edges: dict[tuple[str, EdgeKind], Edge] = {}
        self._answers: dict[str, str] = {}
        self._repeated: list[tuple[str, int]] = []
        self.locations: list[str] = []
        taken: set[str] = set()
        for block in blocks:
            location = ", ".join(block.patterns)
            if location == "__metadata":
                raise Malformed(path, "mixes the formats of yarn 1 and yarn 2", f"line {block.line}")
            if location in taken:
                location = f"{location} (line {block.line})"
            taken.add(location)
            self.locations.append(location)
            for pattern in block.patterns:
                if pattern in self._answers:
                    self._repeated.append((pattern, block.line))
                self._answers[pattern] = location

    def remarks(self) -> Iterator[Remark]:
        for pattern, line in self._repeated:
            message = f"{pattern} stands more than once; yarn reads the last one"
            yield Remark(RemarkKind.DUPLICATE_KEY, pattern, message, Location(self._path, line, 1))
        for location, block in zip(self.locations, self._blocks, strict=True):
            at = Location(self._path, block.line, 1)
            for field in block.repeated or ():
                message = f"{location} has {field} more than once; yarn reads the last one"
                yield Remark(RemarkKind.DUPLICATE_KEY, location, message, at)
            if not (block.fields.keys() <= _FIELDS and block.sections.keys() <= _SECTIONS):
                unknown = sorted((block.fields.keys() - _FIELDS) | (block.sections.keys() - _SECTIONS))
                message = f"{location} has {', '.join(unknown)}, which yarn does not write"
                yield Remark(RemarkKind.UNKNOWN_FIELD, location, message, at)

    def entry(self, location: str, block: Block) -> Entry:
        fields = block.fields
        version, resolved = fields.get("version", ""), fields.get("resolved", "")
        name, installed_as = _names(block.patterns, fields.get("name", ""))
        source, commit = _without_hash(resolved)
        origin = self._origin(name, version, source, commit, block.patterns)
        integrity = fields.get("integrity", "")
        if not integrity and commit and not isinstance(origin, FromGit):
            integrity = "sha1-" + b2a_base64(bytes.fromhex(commit), newline=False).decode()
        linked = isinstance(origin, FromDirectory) and "@link:" in location
        return Entry(
            location=location,
            kind=EntryKind.LINK if linked else EntryKind.PACKAGE,
            release=Release(name, version, origin),
            installed_as=installed_as,
            integrity=integrity,
            resolved=resolved,
            edges=tuple(self._edges_of(block.sections)) if block.sections else (),
            at=Location(self._path, block.line, 1),
        )

    def _edges_of(self, sections: Mapping[str, Iterable[tuple[str, str]]]) -> Iterator[Edge]:
        for section, kind in _EDGES:
            for name, wanted in sections.get(section, ()):
                pattern = f"{name}@{wanted}"
                edge = self._edges.get((pattern, kind))
                if edge is None:
                    target = self._answers.get(pattern, "")
                    edge = Edge(name, wanted, kind, kind is EdgeKind.OPTIONAL, target)
                    self._edges[pattern, kind] = edge
                yield edge

    def _origin(self, name: str, version: str, source: str, commit: str, patterns: list[str]) -> Origin:
        """`source` is `resolved` without its hash, which is a commit if the source is a git repository."""
        if not source:
            return _unfetched(patterns) or self._origins.of_version(name, version)
        if _is_git(source, commit):
            url, _, reference = source.partition("#")
            return FromGit(url, commit or reference)
        if source.startswith(("https://", "http://")):
            return self._origins.of_url(name, version, source)
        file = source.removeprefix("file:")
        if file == source and ":" in source:
            return FromUnknown(source)
        if is_archive(file):
            return FromTarball(f"file:{file}")
        return FromDirectory(file) if file != source else FromUnknown(source)


def _names(patterns: list[str], said: str) -> tuple[str, str]:
    """The real package's name, and the one it is depended on under.

    Where an entry answers several names, the latter is the one that no alias (`a@npm:real@1`) explains, if any.
    """
    name, wanted = name_and_range(patterns[0])
    alias = _aliased(wanted)
    if len(patterns) == 1:
        return said or alias or name, name
    pairs = [name_and_range(pattern) for pattern in patterns]
    real = said or next((alias for _, wanted in pairs if (alias := _aliased(wanted))), name)
    unexplained = (name for name, wanted in pairs if name != real and _aliased(wanted) != real)
    names = {name for name, _ in pairs}
    return real, next(unexplained, real if real in names else name)


def _aliased(wanted: str) -> str:
    return name_and_range(wanted[4:])[0] if wanted.startswith("npm:") else ""


def _without_hash(resolved: str) -> tuple[str, str]:
    """A source and the 40 hex digits after its last `#`: a SHA-1 of the tarball or a git commit."""
    source, mark, digest = resolved.rpartition("#")
    if mark and _SHA1(digest):
        return source, digest
    return resolved, ""


def _is_git(source: str, commit: str) -> bool:
    """Yarn 1's GitResolver.isVersion; a tarball's URL with a hash is none."""
    if source.startswith(("git+", "git:", "git@", "ssh:")):
        return True
    if source.endswith(".tgz") and "#" not in source:
        return False
    scheme, separator, rest = source.partition("://")
    if not separator or scheme not in ("https", "http"):
        return False
    bare = rest.partition("#")[0]
    if bare.endswith(".git"):
        return True
    host, _, repository = bare.rpartition("@")[2].partition("/")
    return bool(commit) and host in _GIT_HOSTS and len(repository.strip("/").split("/")) == 2


def _unfetched(patterns: list[str]) -> Origin | None:
    """What an entry without `resolved` is, where its patterns name a folder."""
    for pattern in patterns:
        wanted = name_and_range(pattern)[1]
        if wanted.startswith(("file:", "link:")):
            return FromDirectory(wanted[5:])
        if wanted.startswith(("./", "../", "/", "~/")):
            return FromDirectory(wanted)
    return None
