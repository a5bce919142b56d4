import re
from collections.abc import Iterator

from forecheck.analysis.lock_source import normal_path
from forecheck.check import check
from forecheck.checks.wording import quoted
from forecheck.model import Confidence, EntryKind, FromRegistry, Hit, LockedFile, Lockfile, Severity
from forecheck.npm.names import errors_of

_PLAIN = re.compile(r"(?:@[a-z0-9-][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*").fullmatch
_SUSPECT = re.compile(r"^[./]|/[./]|/$").search


@check(severity=Severity.HIGH, confidence=Confidence.HIGH)
def lock_bad_name(subject: LockedFile, lockfile: Lockfile) -> Iterator[Hit]:
    r"""An entry has a name or place that no package can have.

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
    ### bad: a second spelling of a place
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}}, "node_modules/ms": {"version": "2.1.3"},
                  "./node_modules/ms": {"name": "evil", "version": "2.1.3"}}}
    ```
    ```text title="finding"
    "./node_modules/ms" is no place as npm writes it, and may be that of another entry
    ```
    ### bad: one that is a package's place on Windows only
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"ms": "^2.0.0"}}, "node_modules/ms": {"version": "2.1.3"},
                  "node_modules\\ms": {"version": "2.1.3", "resolved": "https://npm.example/ms.tgz"}}}
    ```
    ```text title="finding"
    "node_modules\ms" is no place as npm writes it, and may be that of another entry
    ```
    ### good: a folder out of the project
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"a": "file:../a"}}, "../a": {"version": "1.0.0"},
                  "../a/node_modules/b": {"version": "1.0.0"}}}
    ```
    ### good: a scoped name
    ```json title="package-lock.json"
    {"lockfileVersion": 3,
     "packages": {"": {"dependencies": {"@a/b": "^1.0.0"}}, "node_modules/@a/b": {"version": "1.0.0"}}}
    ```
    """
    del subject
    if lockfile.format == "npm":
        yield from _misspelt(lockfile)
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


def _misspelt(lockfile: Lockfile) -> Iterator[Hit]:
    """Npm takes a location for a path: `./node_modules/ms` lays a second package over `node_modules/ms`."""
    for entry in lockfile.entries:
        where = entry.location
        if "\\" in where or (_SUSPECT(where) and where != normal_path(where) and not _climbs(where)):
            message = f"{quoted(where)} is no place as npm writes it, and may be that of another entry"
            yield Hit(message, at=entry.at, key=f"{where} spelling", about=entry.release)


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
