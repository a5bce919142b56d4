from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.wording import listing
from forecheck.lockfiles.compare import Changes
from forecheck.model import Confidence, Hit, LockedFile, Severity


@check(severity=Severity.LOW, confidence=Confidence.HIGH)
def lockfile_only_change(subject: LockedFile, changes: Changes) -> Iterator[Hit]:
    """The lockfile changed, and no manifest did.

    ## Why it matters
    Nobody reads lockfiles in reviews, and many tools fold them away. A change that touches nothing else is either an
    update within the declared ranges, or something that was meant to go unseen. Packages that were not there before
    need a reason: within the same ranges a new version of something has to ask for them.

    ## What to do
    Make the update yourself from the same manifests and compare. For updates by a bot, look at who really pushed it.

    ## What it cannot know
    Whether a bot or a person made it. Manifests are package.json, pnpm-workspace.yaml, deno.json and vlt.json,
    anywhere in the project.

    ## Examples
    ### bad: something new, and nobody declares it
    ```json title="before package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.3"}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.3"},
     "node_modules/event-tools": {"version": "1.0.0"}}}
    ```
    ```text title="finding"
    no manifest changed, and event-tools is new
    ```
    ### good: nothing changed
    ```json title="before package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.3"}}}
    ```
    ```json title="package-lock.json"
    {"lockfileVersion": 3, "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
     "node_modules/ms": {"version": "2.1.3"}}}
    ```
    """
    del subject
    if changes.manifests_changed or not changes.changes:
        return
    names = list(
        dict.fromkeys(one.entry.release.name for one in changes.changes if one.new_name and one.after)
    )
    if names:
        verb = "is" if len(names) == 1 else "are"
        yield Hit(f"no manifest changed, and {listing(names)} {verb} new", severity=Severity.MEDIUM)
    else:
        yield Hit("no manifest changed")
