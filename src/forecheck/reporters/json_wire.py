"""The JSON report, version 1: every field with what it says. The schema and the documentation are made from this.

Fields may be added within a version; a reader skips those it does not know. Renaming, removing or giving another
meaning is a new version.
"""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from forecheck.reporters.json_words import (
    Absence,
    Change,
    Confidence,
    Decision,
    LockfileChangeKind,
    Missing,
    Severity,
)

VERSION: Literal[1] = 1

Text = msgspec.Meta


class Wire(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What all parts share: field names in camel case."""


Url = Annotated[str, Text(description="Without user, password and query: they may be secret.")]


class RegistryOrigin(Wire, frozen=True, tag="registry", tag_field="type"):
    """Served by an npm registry."""

    url: Annotated[str, Text(description="The registry's base, with a trailing slash; without secrets.")]


class GitOrigin(Wire, frozen=True, tag="git", tag_field="type"):
    """A git commit."""

    url: Url
    commit: Annotated[str, Text(description="The full hash; empty when nothing pins it.")]


class TarballOrigin(Wire, frozen=True, tag="tarball", tag_field="type"):
    """A tarball at a URL, or at a path inside the project."""

    url: Url


class DirectoryOrigin(Wire, frozen=True, tag="directory", tag_field="type"):
    """A folder on this machine."""

    path: Annotated[str, Text(description="As the lockfile gives it.")]


class BundleOrigin(Wire, frozen=True, tag="bundle", tag_field="type"):
    """Shipped inside another package's tarball."""

    parent: Annotated[str, Text(description="The package that holds it.")]


class UnknownOrigin(Wire, frozen=True, tag="unknown", tag_field="type"):
    """A source that forecheck has no rule for."""

    text: Annotated[str, Text(description="What the lockfile says, without secrets.")]


Origin = RegistryOrigin | GitOrigin | TarballOrigin | DirectoryOrigin | BundleOrigin | UnknownOrigin


class Release(Wire, frozen=True, tag="release", tag_field="type"):
    """One version of one package from one origin: the three together identify it."""

    name: Annotated[str, Text(description="The package's own name, whatever alias it is installed under.")]
    version: Annotated[str, Text(description="Empty where a source has no version.")]
    origin: Annotated[Origin, Text(description="Where it comes from.")]


class Unresolved(Wire, frozen=True, tag="unresolved", tag_field="type"):
    """Something asked for that the registry says does not exist."""

    name: Annotated[str, Text(description="The name that was asked for.")]
    wanted: Annotated[str, Text(description="The range, tag or version that was asked for.")]
    registry: Annotated[str, Text(description="The registry's base URL, without secrets.")]
    missing: Missing


class LockedFile(Wire, frozen=True, tag="lockfile", tag_field="type"):
    """A lockfile as a whole."""

    path: Annotated[str, Text(description="Its path as it was given, or relative to the project.")]
    format: Annotated[str, Text(description="The format's name, such as `npm` or `yarn-classic`.")]


class Service(Wire, frozen=True, tag="service", tag_field="type"):
    """Something the whole run relied on, such as a registry or the advisory database."""

    name: Annotated[str, Text(description="What a person calls it.")]
    url: Annotated[str, Text(description="Its address without secrets, empty where it has none.")]


Subject = Release | Unresolved | LockedFile | Service


class Named(Wire, frozen=True):
    """A program or a body of data, and which version of it."""

    name: Annotated[str, Text(description="Its name.")]
    version: Annotated[str, Text(description="Its version; for data the day or month it is of.")]


class Previous(Wire, frozen=True):
    """What is in the place now, where it is to be changed."""

    name: Annotated[str, Text(description="The package's name.")]
    version: Annotated[str, Text(description="Its version.")]
    integrity: Annotated[str, Text(description="Its Subresource Integrity; empty where none is recorded.")]


class Package(Wire, frozen=True):
    """A release with what the command does to it. The same release stands here twice only where that, its
    integrity or what it replaces differs from place to place.
    """

    name: Annotated[str, Text(description="The package's own name.")]
    version: Annotated[str, Text(description="The resolved version.")]
    origin: Annotated[Origin, Text(description="Where it comes from.")]
    integrity: Annotated[
        str, Text(description="Subresource Integrity of the tarball; empty where the lockfile has none.")
    ]
    purl: Annotated[str | None, Text(description="Package URL; null for what has none.")]
    change: Change
    previous: Annotated[
        Previous | None, Text(description="What it replaces; null unless `change` is changed.")
    ]
    on_disk: Annotated[bool, Text(description="Whether it was found installed already, in every place.")]
    locations: Annotated[list[str], Text(description="Where it goes, as the lockfile says.")]
    paths: Annotated[
        list[list[str]],
        Text(
            description="The shortest dependency path to each location, outermost first, the release itself last. "
            "One element: the project asks for it itself. None: nothing depends on it."
        ),
    ]
    dev: Annotated[bool, Text(description="Only development needs it.")]
    optional: Annotated[bool, Text(description="The tree works without it.")]


class Plan(Wire, frozen=True):
    """What would be on disk afterwards, and what would go."""

    manager: Named
    packages: Annotated[list[Package], Text(description="In the lockfile's order.")]
    unresolved: Annotated[list[Unresolved], Text(description="What was asked for and does not exist.")]


class Fix(Wire, frozen=True):
    """What a person can do."""

    title: Annotated[str, Text(description="In one line.")]
    command: Annotated[str, Text(description="The command that does it; empty where there is none.")]


class Location(Wire, frozen=True):
    """A place in a file."""

    path: Annotated[str, Text(description="The file.")]
    line: Annotated[int, Text(description="From 1; 0 when unknown.")]
    column: Annotated[int, Text(description="From 1; 0 when unknown.")]
    pointer: Annotated[str, Text(description="JSON pointer (RFC 6901); empty when there is none.")]


class RecordedException(Wire, frozen=True):
    """A recorded exception."""

    check: Annotated[str, Text(description="The check it is made from.")]
    package: Annotated[str, Text(description="`name`, `name@range`, or `*`.")]
    reason: Annotated[str, Text(description="Why, as it was recorded.")]
    until: Annotated[date | None, Text(description="The last day it holds; null: for ever.")]
    where: Annotated[str, Text(description="The file and line that record it; empty when unknown.")]


class Finding(Wire, frozen=True, tag="finding", tag_field="status"):
    """The check saw something."""

    check: Annotated[str, Text(description="The check's id; `forecheck explain ID` tells more.")]
    subject: Annotated[Subject, Text(description="What it is about.")]
    severity: Severity
    confidence: Confidence
    message: Annotated[str, Text(description="What was seen, with its value.")]
    key: Annotated[str, Text(description="Tells several findings of one check on one subject apart.")]
    location: Location | None
    fix: Fix | None
    decision: Decision
    why: Annotated[str, Text(description="What policy made of it, and why.")]
    exception: Annotated[
        RecordedException | None, Text(description="The exception that accepts it, if one does.")
    ]


class Skipped(Wire, frozen=True, tag="skipped", tag_field="status"):
    """The check could not look: not the same as `passed`."""

    check: Annotated[str, Text(description="The check's id.")]
    subject: Annotated[Subject, Text(description="What it is about.")]
    source: Annotated[str, Text(description="The evidence that was missing.")]
    kind: Absence
    reason: Annotated[str, Text(description="Why it could not be had.")]
    decision: Decision
    why: Annotated[str, Text(description="What policy made of it, and why.")]
    exception: Annotated[
        RecordedException | None, Text(description="The exception that accepts it, if one does.")
    ]


class Crashed(Wire, frozen=True, tag="crashed", tag_field="status"):
    """A bug in forecheck."""

    check: Annotated[str, Text(description="The check's id.")]
    subject: Annotated[Subject, Text(description="What it is about.")]
    detail: Annotated[str, Text(description="The traceback.")]
    decision: Decision
    why: Annotated[str, Text(description="What policy made of it, and why.")]


class Passed(Wire, frozen=True, tag="passed", tag_field="status"):
    """The check had all its evidence and saw nothing."""

    check: Annotated[str, Text(description="The check's id.")]
    subject: Annotated[Subject, Text(description="What it is about.")]


Outcome = Finding | Skipped | Crashed | Passed


class Counts(Wire, frozen=True):
    """How many: `blocked` and `warned` are subjects by the worst that was decided about them."""

    examined: Annotated[int, Text(description="Distinct releases that would be on disk.")]
    blocked: Annotated[int, Text(description="Subjects with an outcome that blocks.")]
    warned: Annotated[int, Text(description="Subjects with an outcome that warns, and none that blocks.")]
    findings: Annotated[int, Text(description="Outcomes that are findings, accepted ones included.")]
    unavailable: Annotated[int, Text(description="Facts that could not be had, each counted once.")]
    crashed: Annotated[int, Text(description="Outcomes that are crashes.")]
    passed: Annotated[int, Text(description="Outcomes that are passes.")]


class Verdict(Wire, frozen=True):
    """What all outcomes come to."""

    decision: Decision
    unknown_only: Annotated[bool, Text(description="Nothing but missing evidence made it so.")]
    examined: Annotated[
        bool, Text(description="False when there was nothing to look at, which is no success.")
    ]
    counts: Counts


class Exceptions(Wire, frozen=True):
    """Recorded exceptions that did nothing."""

    expired: Annotated[list[RecordedException], Text(description="Their last day is over.")]
    unused: Annotated[list[RecordedException], Text(description="They accepted nothing in this run.")]


class LockedRelease(Wire, frozen=True):
    """A package as a lockfile has it."""

    version: Annotated[str, Text(description="Its version.")]
    origin: Annotated[Origin, Text(description="Where it comes from.")]
    integrity: Annotated[
        str,
        Text(description="Its Subresource Integrity, or yarn berry's checksum; empty where there is none."),
    ]


class LockfileChange(Wire, frozen=True):
    """What became of one package. `before` is null for what was added, `after` for what was removed."""

    kind: LockfileChangeKind
    name: Annotated[str, Text(description="The package's name.")]
    before: Annotated[LockedRelease | None, Text(description="As it was.")]
    after: Annotated[LockedRelease | None, Text(description="As it is.")]
    path: Annotated[list[str], Text(description="The shortest dependency path to it, itself last.")]
    new_name: Annotated[bool, Text(description="Whether no version of it was there before.")]
    new_script: Annotated[
        bool | None,
        Text(
            description="Whether it runs something on install, and did not; null where the file does not say."
        ),
    ]


class ComparedLockfile(Wire, frozen=True):
    """One lockfile, compared with what it was."""

    path: Annotated[str, Text(description="The file.")]
    format: Annotated[str, Text(description="The format's name.")]
    base: Annotated[str, Text(description="What it is compared with: a revision or a file.")]
    head: Annotated[str, Text(description="What is compared: a revision, a file, or what is on disk.")]
    unchanged: Annotated[int, Text(description="How many package versions stayed as they were.", ge=0)]
    changes: Annotated[list[LockfileChange], Text(description="Every change, the grave ones first.")]


class Report(Wire, frozen=True):
    """A whole run of forecheck."""

    forecheck_report: Annotated[Literal[1], Text(description="The version of this format.")]
    tool: Named
    command: Annotated[str, Text(description="What was asked for, as it was typed.")]
    started: Annotated[datetime, Text(description="RFC 3339, UTC.", tz=True)]
    elapsed_seconds: Annotated[float, Text(description="How long it took.", ge=0)]
    offline: Annotated[bool, Text(description="Whether the run was kept from the network.")]
    data: Annotated[list[Named], Text(description="The data that came with forecheck or was fetched before.")]
    verdict: Verdict
    plan: Plan
    outcomes: Annotated[
        list[Outcome],
        Text(description="Every check on every subject, in the order of the run: nothing left out."),
    ]
    exceptions: Exceptions
    compared: Annotated[
        list[ComparedLockfile],
        Text(description="What changed in each lockfile that was compared (`forecheck lockfile diff`)."),
    ]
    notices: Annotated[list[str], Text(description="What the run has to say about itself.")]
