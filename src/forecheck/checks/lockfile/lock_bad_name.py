import re
from collections.abc import Iterator

from forecheck.check import check
from forecheck.checks.wording import quoted
from forecheck.model import Confidence, EntryKind, FromRegistry, Hit, LockedFile, Lockfile, Severity
from forecheck.npm.names import errors_of

_PLAIN = re.compile(r"(?:@[a-z0-9-][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*").fullmatch


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_bad_name(subject: LockedFile, lockfile: Lockfile) -> Iterator[Hit]:
    """An entry has a name or place that no package can have.

    ## Why it matters
    Package managers make folders out of these texts. With `..` in one of them, several versions of pnpm and
    npm have written outside of node_modules.

    ## What to do
    Restore the lockfile from the main branch: no package manager writes such an entry.

    ## What it cannot know
    Whether the version that you use still falls for it.

    ## Examples
    ### bad: a name that leads out of node_modules
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {}},
                  "node_modules/../../x": {"version": "1.0.0"}}}
    ```
    ```text title="finding"
    "node_modules/../../x" is no place for a package: its name leads upwards
    ```
    ### good: a scoped name
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"@a/b": "^1.0.0"}}, "node_modules/@a/b": {"version": "1.0.0"}}}
    ```
    """
    del subject
    known: dict[str, str] = {}
    for entry in lockfile.entries:
        installed_as, name = entry.installed_as, entry.release.name
        plain = _PLAIN(installed_as) and (name == installed_as or _PLAIN(name))
        if (plain and ".." not in entry.location) or entry.kind is not EntryKind.PACKAGE:
            continue
        named = isinstance(entry.release.origin, FromRegistry)
        names = (installed_as, name) if named else (installed_as,)
        wrong = next(filter(None, (_known(one, known, named=named) for one in names)), "")
        if not wrong and _climbs(entry.location):
            wrong = "it leads upwards"
        if wrong:
            message = f"{quoted(entry.location)} is no place for a package: {wrong}"
            yield Hit(message, at=entry.at, key=entry.location, about=entry.release)


def _known(name: str, known: dict[str, str], *, named: bool) -> str:
    """Packages that come from git or a file may have no name but their key's."""
    if not named:
        return "its name leads upwards" if ".." in name.replace("\\", "/").split("/") else ""
    wrong = known.get(name)
    if wrong is None:
        wrong = known[name] = _wrong(name)
    return wrong


def _wrong(name: str) -> str:
    if ".." in name.split("/"):
        return "its name leads upwards"
    found = [problem for problem in errors_of(name) if problem.value not in ("reserved", "empty")]
    return f"its name {found[0].text}" if found else ""


def _climbs(location: str) -> bool:
    """`..` as a segment of a folder that belongs to a package, not of a `file:` or `link:` text in a key."""
    folders, marker, _ = location.partition("node_modules/")
    inside = location[len(folders) :] if marker else ""
    return ".." in inside.split("/")
