"""What runs when a release is installed, and what of it is new."""

from datetime import datetime

import msgspec

from forecheck.analysis.install_scripts import changes, run_on_install
from forecheck.analysis.package_json import INSTALL_HOOKS
from forecheck.evidence.packument import Offers
from forecheck.evidence.planned import Planned
from forecheck.evidence.predecessor import Predecessor
from forecheck.evidence.registry_manifest import RegistryManifest
from forecheck.evidence.tarball import Tarball
from forecheck.model import Release, Unavailable, UnavailableKind
from forecheck.source import source


class InstallScripts(msgspec.Struct, frozen=True):
    """`scripts` are commands by hook: those in the tarball, and those that only the registry tells of, which npm runs
    too in some of its modes. `claimed_by` is who says that there is one although no manifest to be had names any:
    `the registry`, `the lockfile`, or nobody.
    """

    scripts: dict[str, str]
    claimed_by: str = ""


class ScriptChange(msgspec.Struct, frozen=True):
    """A hook whose script is another than in the version before; `before` is empty where there was none."""

    hook: str
    script: str
    before: str


class ScriptChanges(msgspec.Struct, frozen=True):
    """What is new since version `since`, which is empty for a first version. `at` is when the release was published,
    None where that is not known.
    """

    since: str
    at: datetime | None
    changes: tuple[ScriptChange, ...] = ()


@source()
def install_scripts(
    release: Release, manifest: RegistryManifest, planned: Planned, tarball: Tarball
) -> InstallScripts:
    """The scripts. Where the registry names none and the tarball cannot be had, unavailable for that reason."""
    told = run_on_install(manifest.declared)
    if tarball.files is not None:
        return InstallScripts(told | tarball.files.runs())
    if told:
        return InstallScripts(told)
    if manifest.install_script:
        return InstallScripts({}, "the registry")
    if any(step.entry.install_script for step in planned.steps):
        return InstallScripts({}, "the lockfile")
    if manifest.install_script is None and not manifest.offers & Offers.SCRIPTS:
        raise _not_told(release)
    raise _not_looked_into(release, tarball)


@source()
def script_changes(
    release: Release, manifest: RegistryManifest, predecessor: Predecessor, tarball: Tarball
) -> ScriptChanges:
    """The changes since the version before; what a pre-release of the same change already had is not one.

    Of the version before there is only the registry's word, so a build that npm infers from a binding.gyp counts
    only where the registry tells of it.
    """
    if predecessor.main is None:
        return ScriptChanges("", predecessor.at)
    if not manifest.offers & Offers.FULL:
        raise _not_told(release)
    held = tarball.files.declared.scripts if tarball.files and tarball.files.declared else {}
    scripts = run_on_install(manifest.declared) | {hook: held[hook] for hook in INSTALL_HOOKS if hook in held}
    main, *previews = (run_on_install(earlier.manifest.declared) for earlier in predecessor.all())
    found = tuple(
        ScriptChange(hook, script, before)
        for hook, script, before in changes(scripts, main)
        if all(script != preview.get(hook) for preview in previews)
    )
    if not found and tarball.files is None:
        raise _not_looked_into(release, tarball)
    return ScriptChanges(predecessor.main.version, predecessor.at, found)


def _not_looked_into(release: Release, tarball: Tarball) -> Unavailable:
    if tarball.missing is not None:
        return tarball.missing
    reason = (
        tarball.looked.unreadable
        if tarball.looked
        else f"other bytes arrived than {release.spec} is pinned to"
    )
    return Unavailable(UnavailableKind.MALFORMED, reason)


def _not_told(_: Release) -> Unavailable:
    reason = "the registry does not say what runs on install"
    return Unavailable(UnavailableKind.UNSUPPORTED, reason)
