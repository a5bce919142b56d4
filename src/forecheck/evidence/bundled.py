"""What a release brings along in its own tarball, against what the lockfile says of it."""

from collections.abc import Iterator, Mapping

import msgspec

from forecheck.analysis.package_files import InnerPackage, PackageFiles
from forecheck.evidence.planned import PlanIndex, Planned
from forecheck.evidence.tarball import Tarball
from forecheck.model import Entry, FromBundle, Release, Step, Unavailable, UnavailableKind
from forecheck.source import source


class Brought(msgspec.Struct, frozen=True):
    """One inner package at one place.

    `location` is the lockfile's word for the place. `listed` says whether the lockfile has an entry there, None
    where its format lists no such packages; `told` whether that entry owns up to an install script. `bundled` says
    that a declared bundle reaches it, so that npm takes it for installed.
    """

    location: str
    inner: InnerPackage
    bundled: bool
    listed: bool | None
    told: bool


class Bundle(msgspec.Struct, frozen=True):
    """Everything that a release brings along."""

    brought: tuple[Brought, ...] = ()


@source()
def bundle(release: Release, planned: Planned, tarball: Tarball, index: PlanIndex) -> Bundle:
    """Empty for what is itself part of a bundle: its carrier answers for it."""
    if isinstance(release.origin, FromBundle):
        return Bundle()
    if tarball.missing is not None:
        raise tarball.missing
    if tarball.files is None:
        raise Unavailable(UnavailableKind.MALFORMED, f"the tarball of {release.spec} was not looked into")
    if not tarball.files.inner:
        return Bundle()
    entries = {step.entry.location: step.entry for steps in index.by_release.values() for step in steps}
    return Bundle(tuple(_brought(tarball.files, planned, entries)))


def _brought(files: PackageFiles, planned: Planned, entries: Mapping[str, Entry]) -> Iterator[Brought]:
    bundled = files.bundled()
    for step in planned.steps:
        for inner in files.inner:
            location = f"{step.entry.location}/{inner.path}"
            entry = entries.get(location)
            yield Brought(
                location=location,
                inner=inner,
                bundled=inner in bundled,
                listed=_lists(step, entry),
                told=entry is not None and bool(entry.install_script),
            )


def _lists(step: Step, entry: Entry | None) -> bool | None:
    """Only npm's lockfiles list what is bundled, and their first version did not say what runs."""
    at = step.entry.at
    if at is None or not at.pointer.startswith("/packages/"):
        return None
    return entry is not None
