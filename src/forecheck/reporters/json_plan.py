"""The plan and what it is about, as the JSON report has them."""

from collections.abc import Sequence

from forecheck import model
from forecheck.lockfiles.compare import LockChange
from forecheck.report import ComparedLockfile
from forecheck.reporters import json_wire as wire
from forecheck.reporters import json_words as words
from forecheck.reporters.origins import without_secrets
from forecheck.reporters.purl import purl


def subject(about: model.Subject) -> wire.Subject:
    """What an outcome is about."""
    if isinstance(about, model.Unresolved):
        return _unresolved(about)
    if isinstance(about, model.LockedFile):
        return wire.LockedFile(path=about.path, format=about.format)
    if isinstance(about, model.Service):
        return wire.Service(name=about.name, url=without_secrets(about.url))
    return wire.Release(name=about.name, version=about.version, origin=origin(about.origin))


def plan(given: model.Plan) -> wire.Plan:
    """The plan by release: steps are together where all that is said of them is the same."""
    together: dict[object, list[model.Step]] = {}
    for step in given.steps:
        before = step.before if step.change is model.Change.CHANGED else None
        replaced = (before.release, before.integrity) if before else None
        key = (step.entry.release, step.entry.integrity, step.change, replaced)
        together.setdefault(key, []).append(step)
    return wire.Plan(
        manager=wire.Named(name=given.manager, version=given.manager_version),
        packages=[_package(steps) for steps in together.values()],
        unresolved=[_unresolved(one) for one in given.unresolved],
    )


def compared(one: ComparedLockfile) -> wire.ComparedLockfile:
    """What changed in a lockfile."""
    return wire.ComparedLockfile(
        path=one.subject.path,
        format=one.subject.format,
        base=one.base,
        head=one.head,
        unchanged=one.changes.kept,
        changes=[_change(change, one) for change in one.changes.changes],
    )


def _change(change: LockChange, one: ComparedLockfile) -> wire.LockfileChange:
    return wire.LockfileChange(
        kind=words.LockfileChangeKind(change.kind.value.replace(" ", "-")),
        name=change.entry.release.name,
        before=_locked(change.before),
        after=_locked(change.after),
        path=list(one.paths.get(change.after.location, ())) if change.after else [],
        new_name=change.new_name,
        new_script=change.new_script,
    )


def _locked(entry: model.Entry | None) -> wire.LockedRelease | None:
    if entry is None:
        return None
    release = entry.release
    return wire.LockedRelease(
        version=release.version,
        origin=origin(release.origin),
        integrity=entry.integrity or entry.checksum,
    )


def origin(source: model.Origin) -> wire.Origin:
    """Where a release comes from; URLs lose what may be secret."""
    if isinstance(source, model.FromRegistry):
        return wire.RegistryOrigin(url=without_secrets(source.url))
    if isinstance(source, model.FromGit):
        return wire.GitOrigin(url=without_secrets(source.url), commit=source.commit)
    if isinstance(source, model.FromTarball):
        return wire.TarballOrigin(url=without_secrets(source.url))
    if isinstance(source, model.FromDirectory):
        return wire.DirectoryOrigin(path=source.path)
    if isinstance(source, model.FromBundle):
        return wire.BundleOrigin(parent=source.parent)
    return wire.UnknownOrigin(text=without_secrets(source.text))


def _package(steps: Sequence[model.Step]) -> wire.Package:
    first = steps[0]
    release = first.entry.release
    return wire.Package(
        name=release.name,
        version=release.version,
        origin=origin(release.origin),
        integrity=first.entry.integrity,
        purl=purl(release),
        change=words.Change(first.change.value),
        previous=_previous(first),
        on_disk=all(step.on_disk for step in steps),
        locations=[step.entry.location for step in steps],
        paths=[list(path) for path in dict.fromkeys(step.because for step in steps) if path],
        dev=all(step.entry.dev for step in steps),
        optional=all(step.entry.optional for step in steps),
    )


def _previous(step: model.Step) -> wire.Previous | None:
    if step.before is None or step.change is not model.Change.CHANGED:
        return None
    release = step.before.release
    return wire.Previous(name=release.name, version=release.version, integrity=step.before.integrity)


def _unresolved(one: model.Unresolved) -> wire.Unresolved:
    return wire.Unresolved(
        name=one.name,
        wanted=one.wanted,
        registry=without_secrets(one.registry),
        missing=words.Missing(one.missing.value),
    )
