"""What runs when a release is installed, and what of it is new."""

from datetime import datetime

import msgspec

from forecheck.analysis.install_scripts import changes, run_on_install
from forecheck.evidence.packument import Offers
from forecheck.evidence.planned import Planned
from forecheck.evidence.predecessor import Predecessor
from forecheck.evidence.registry_manifest import RegistryManifest
from forecheck.model import Release, Unavailable, UnavailableKind
from forecheck.source import source


class InstallScripts(msgspec.Struct, frozen=True):
    """`scripts` are commands by hook. `claimed_by` is who says that there is one although the manifest names none:
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
def install_scripts(release: Release, manifest: RegistryManifest, planned: Planned) -> InstallScripts:
    """The scripts; UNSUPPORTED from a registry that does not say what a version runs."""
    scripts = run_on_install(manifest.declared)
    if scripts:
        return InstallScripts(scripts)
    if manifest.install_script:
        return InstallScripts({}, "the registry")
    if any(step.entry.install_script for step in planned.steps):
        return InstallScripts({}, "the lockfile")
    if manifest.install_script is None and not manifest.offers & Offers.SCRIPTS:
        raise _not_told(release)
    return InstallScripts({})


@source()
def script_changes(release: Release, manifest: RegistryManifest, predecessor: Predecessor) -> ScriptChanges:
    """The changes since the version before; what a pre-release of the same change already had is not one."""
    if predecessor.main is None:
        return ScriptChanges("", predecessor.at)
    if not manifest.offers & Offers.FULL:
        raise _not_told(release)
    main, *previews = (run_on_install(earlier.manifest.declared) for earlier in predecessor.all())
    found = tuple(
        ScriptChange(hook, script, before)
        for hook, script, before in changes(run_on_install(manifest.declared), main)
        if all(script != preview.get(hook) for preview in previews)
    )
    return ScriptChanges(predecessor.main.version, predecessor.at, found)


def _not_told(_: Release) -> Unavailable:
    reason = "the registry does not say what runs on install"
    return Unavailable(UnavailableKind.UNSUPPORTED, reason)
