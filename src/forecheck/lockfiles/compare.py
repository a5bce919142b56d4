"""What changed between two lockfiles, by package: as a reviewer asks, not as a text comparison shows it."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import zip_longest

import msgspec

from forecheck.lockfiles.foreign import brings_code
from forecheck.model import Entry, FromDirectory, FromGit, FromTarball, Lockfile, Origin
from forecheck.npm.version import parse_version


class ChangeKind(StrEnum):
    """What became of a package, worst first. REPINNED: the same version with a hash of another kind, or with none
    where there was one, so that nothing tells whether the contents are the same.
    """

    INTEGRITY = "integrity changed"
    SOURCE = "source changed"
    REPINNED = "pinned otherwise"
    DOWNGRADED = "downgraded"
    UPGRADED = "upgraded"
    ADDED = "added"
    REMOVED = "removed"


class LockChange(msgspec.Struct, frozen=True):
    """One change. `before` is None for what was added, `after` for what was removed.

    `new_script` says that the lockfile now says of the package that it runs something on install, and did not before;
    None where the format does not tell. `new_name` says that no version of the package was there before.
    """

    kind: ChangeKind
    before: Entry | None
    after: Entry | None
    new_script: bool | None = None
    new_name: bool = False

    @property
    def entry(self) -> Entry:
        """The entry as it is now, or as it was."""
        entry = self.after or self.before
        if entry is None:
            raise ValueError("a change has a before or an after")
        return entry


class Changes(msgspec.Struct, frozen=True):
    """All changes between two lockfiles: by kind, then by name. `kept` counts versions that stayed as they were.

    `manifests_changed` says that what the project declares changed too, or that nobody looked.
    """

    changes: tuple[LockChange, ...]
    kept: int
    manifests_changed: bool = True

    def of(self, *kinds: ChangeKind) -> tuple[LockChange, ...]:
        return tuple(change for change in self.changes if change.kind in kinds)

    def arriving(self) -> tuple[LockChange, ...]:
        """Those that bring something in that was not there before."""
        return tuple(change for change in self.changes if change.after is not None)


def compare(before: Lockfile | None, after: Lockfile | None, *, manifests_changed: bool = True) -> Changes:
    """The changes from one lockfile to the other, whatever their formats. None stands for no lockfile.

    Packages are paired by name and version, wherever in the tree they are: moving a copy is no change. Of versions
    that are left over on both sides, the highest of each are one upgrade or downgrade, and so on down.
    """
    old, new = _by_name(before), _by_name(after)
    alike = before is not None and after is not None and before.format == after.format
    changes: list[LockChange] = []
    kept = 0
    for name in sorted(old.keys() | new.keys()):
        olds, news = old.get(name, {}), new.get(name, {})
        for version in sorted(olds.keys() & news.keys()):
            found = _same_version(olds[version], news[version], alike=alike)
            kept += not found
            changes += found
        unnamed = _unnamed(olds, news)
        kept += len(unnamed)
        gone = _in_order(version for version in olds if version not in news and version not in unnamed)
        come = _in_order(
            version for version in news if version not in olds and version not in unnamed.values()
        )
        changes += _moved(gone, come, olds, news)
    order = list(ChangeKind)
    changes.sort(key=lambda change: (order.index(change.kind), change.entry.release.name))
    return Changes(tuple(changes), kept, manifests_changed)


_Copies = dict[str, list[Entry]]


def _by_name(lockfile: Lockfile | None) -> dict[str, _Copies]:
    """The entries that bring code in, by the package's own name and version."""
    found: dict[str, _Copies] = {}
    for entry in lockfile.entries if lockfile else ():
        if brings_code(entry):
            found.setdefault(entry.release.name, {}).setdefault(entry.release.version, []).append(entry)
    return found


def _same_version(olds: Sequence[Entry], news: Sequence[Entry], *, alike: bool) -> list[LockChange]:
    """What differs in a version that both have: every copy of the new must be like some copy of the old.

    `alike`: both are of one format. Others record other hashes, if any, without anybody's doing.
    """
    changes: dict[object, LockChange] = {}
    for new in news:
        same = [old for old in olds if _same_source(old, new) and not _other_bytes(old, new)]
        if any(not (alike and _loosened(old, new)) for old in same):
            continue
        here = same or [old for old in olds if _same_source(old, new)]
        kind = ChangeKind.SOURCE
        if same:
            kind = ChangeKind.REPINNED
        elif here or all(_other_bytes(old, new) for old in olds):  # of two reasons, the worse one
            kind = ChangeKind.INTEGRITY
        change = LockChange(kind, (here or olds)[0], new, _new_script(olds, new))
        changes.setdefault((new.release.origin, new.integrity, new.checksum, new.patch), change)
    return list(changes.values())


def _unnamed(olds: _Copies, news: _Copies) -> dict[str, str]:
    """Versions of one source of which only one side says the number, as formats differ about folders and git."""
    if ("" in olds) == ("" in news):
        return {}
    pairs = [(old, "") for old in olds] if "" in news else [("", new) for new in news]
    return dict(pair for pair in pairs if _same_source(olds[pair[0]][0], news[pair[1]][0]))


def _same_source(old: Entry, new: Entry) -> bool:
    return _plain(old.release.origin) == _plain(new.release.origin) and old.patch == new.patch


def _plain(origin: Origin) -> Origin:
    """Without what only tells how a package manager spells it: `./folder`, `git+ssh:`."""
    match origin:
        case FromDirectory(path=path):
            return FromDirectory(path.removeprefix("./"))
        case FromTarball(url=url) if url.startswith("file:./"):
            return FromTarball(f"file:{url.removeprefix('file:./')}")
        case FromGit(url=url, commit=commit):
            return FromGit(url.removeprefix("git+"), commit)
        case _:
            return origin


def _other_bytes(old: Entry, new: Entry) -> bool:
    """Whether the new entry lets in bytes that the old one did not; a second hash beside the first one does."""
    return _lets_in(old.integrity, new.integrity) or _lets_in(old.checksum, new.checksum)


def _lets_in(old: str, new: str) -> bool:
    had, has = _hashes(old), _hashes(new)
    return any(has[kind] - had[kind] for kind in had.keys() & has.keys())


def _loosened(old: Entry, new: Entry) -> bool:
    """Whether the strongest hash is gone, or all are."""
    if not (new.integrity or new.checksum):
        return bool(old.integrity or old.checksum)
    had, has = _hashes(old.integrity), _hashes(new.integrity)
    return bool(had and has) and max(had, key=_strength) not in has


def _strength(kind: str) -> int:
    """`sha512` over `sha256` over `sha1`; what else there is, last."""
    size = kind.removeprefix("sha")
    return int(size) if size.isdecimal() else 0


def _hashes(integrity: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for part in integrity.split():
        kind, sign, digest = part.partition("-")
        if not sign:  # yarn berry's checksum: `10c0/…`, or the digest alone
            kind, _, digest = part.rpartition("/")
        found.setdefault(kind, set()).add(digest.partition("?")[0])
    return found


def _moved(gone: Sequence[str], come: Sequence[str], olds: _Copies, news: _Copies) -> list[LockChange]:
    """Pair what left with what came, highest with highest."""
    changes = []
    for old, new in zip_longest(reversed(gone), reversed(come)):
        before = olds[old][0] if old is not None else None
        after = news[new][0] if new is not None else None
        script = _new_script([one for many in olds.values() for one in many], after) if after else None
        changes.append(LockChange(_kind(before, after), before, after, script, new_name=not olds))
    return changes


def _kind(before: Entry | None, after: Entry | None) -> ChangeKind:
    if before is None:
        return ChangeKind.ADDED
    if after is None:
        return ChangeKind.REMOVED
    old = parse_version(before.release.version, loose=True)
    new = parse_version(after.release.version, loose=True)
    if old is None or new is None:
        return ChangeKind.SOURCE
    return ChangeKind.DOWNGRADED if new.key < old.key else ChangeKind.UPGRADED


def _new_script(olds: Iterable[Entry], new: Entry) -> bool | None:
    if new.install_script is None:
        return None
    return new.install_script and not any(old.install_script for old in olds)


def _in_order(versions: Iterable[str]) -> list[str]:
    """Lowest first; what is no version goes before all."""
    read = [(parse_version(text, loose=True), text) for text in versions]
    return [
        text
        for _, text in sorted(
            read, key=lambda pair: (pair[0] is not None, pair[0].key if pair[0] else (), pair[1])
        )
    ]
