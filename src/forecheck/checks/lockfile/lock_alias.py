from collections.abc import Iterator

from forecheck.analysis.dependency_spec import registry_name
from forecheck.analysis.locators import BERRY, CLASSIC, descriptors
from forecheck.analysis.lock_source import wanted_place
from forecheck.check import check
from forecheck.evidence.lock_tree import Link, LockTree
from forecheck.model import Confidence, EntryKind, FromDirectory, FromGit, Hit, LockedFile, Lockfile, Severity

_ELSEWHERE = ("catalog:", "jsr:", "workspace:")


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_alias(subject: LockedFile, lockfile: Lockfile, tree: LockTree) -> Iterator[Hit]:
    """A name is answered by a package of another name, and nobody asked for an alias.

    ## Why it matters
    `"ms": "npm:other@^1.0.0"` in a package.json is an alias, and lockfiles keep both names for it. Where a
    lockfile has two names and no manifest asks for that, `require("ms")` loads somebody else's package.
    pnpm 11 and yarn 4 install such an entry from a frozen lockfile.

    ## What to do
    Restore the entry from the main branch. If you want the alias, write it into package.json.

    ## What it cannot know
    The aliases in the manifests of packages where the format does not keep what they ask for (pnpm): those
    are warned about only where the project itself could have asked.

    ## Examples
    ### bad: an alias that nobody asked for
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}},
                  "node_modules/ms": {"name": "evil", "version": "2.1.3",
                                      "resolved": "https://registry.npmjs.org/evil/-/evil-2.1.3.tgz"}}}
    ```
    ```text title="finding"
    takes the place of ms, which is asked for as "^2.0.0"
    ```
    ### good: an alias of the project's
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"sw": "npm:string-width@^4.2.0"}},
                  "node_modules/sw": {"name": "string-width", "version": "4.2.3"}}}
    ```
    ### good: a name of its own
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}}, "node_modules/ms": {"version": "2.1.3"}}}
    ```
    """
    del subject
    if lockfile.format in (BERRY, CLASSIC):
        yield from _by_key(lockfile)
        return
    silent = lockfile.manager in ("pnpm", "deno")
    meant: set[tuple[str, str]] = set()
    doubtful: list[Link] = []
    for link in tree.links:
        by, edge, target = link
        real = target.release.name
        if edge.name == real or target.kind is not EntryKind.PACKAGE or not real:
            continue
        if registry_name(edge.name, edge.wanted) == real or wanted_place(edge.wanted):
            meant.add((target.location, edge.name))
        elif isinstance(target.release.origin, FromGit | FromDirectory) or edge.wanted.startswith(_ELSEWHERE):
            continue
        elif not silent or by.kind is not EntryKind.PACKAGE:
            doubtful.append(link)
    for by, edge, target in doubtful:
        if (target.location, edge.name) not in meant:
            message = f'takes the place of {edge.name}, which is asked for as "{edge.wanted}"'
            severity = None if edge.wanted else Severity.MEDIUM
            yield Hit(message, severity, at=target.at, key=f"{by.location} {edge.name}", about=target.release)


def _by_key(lockfile: Lockfile) -> Iterator[Hit]:
    """Yarn files an entry under what was asked for; nobody else need ask for it in the file."""
    for entry in lockfile.entries:
        real = entry.release.name
        if entry.kind is not EntryKind.PACKAGE or not real:
            continue
        if entry.installed_as == real and entry.location.count("@") == 1 + real.startswith("@"):
            continue
        for name, wanted in descriptors(entry):
            if real in (name, registry_name(name, wanted)):
                continue
            if not wanted.startswith("npm:") and (":" in wanted or "/" in wanted):
                continue
            message = f'takes the place of {name}, which is asked for as "{wanted}"'
            yield Hit(message, at=entry.at, key=f"{name}@{wanted}", about=entry.release)
