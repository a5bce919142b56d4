"""The nouns every other module speaks in: frozen values, no I/O, no behaviour that needs the world.

Those that a lockfile holds by the ten thousand stay out of the garbage collector's sight (`gc=False`): frozen text
and tuples make no cycles, and walking over them again and again took a third of the time.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum, IntEnum, StrEnum

import msgspec


class Severity(IntEnum):
    """How bad it is if the finding is true."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def label(self) -> str:
        return self.name.lower()


class Confidence(IntEnum):
    """How sure the check is that what it saw means what it says."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2

    @property
    def label(self) -> str:
        return self.name.lower()


class FromRegistry(msgspec.Struct, frozen=True, gc=False, tag="registry"):
    """Served by an npm registry; `url` is the registry's base with a trailing slash."""

    url: str


class FromGit(msgspec.Struct, frozen=True, gc=False, tag="git"):
    """A git commit; `commit` is the full hash, empty when nothing pins it."""

    url: str
    commit: str


class FromTarball(msgspec.Struct, frozen=True, gc=False, tag="tarball"):
    """A tarball at a URL, or at a path inside the project (`file:`)."""

    url: str


class FromDirectory(msgspec.Struct, frozen=True, gc=False, tag="directory"):
    """A folder on this machine, linked or copied; `path` as the lockfile gives it."""

    path: str


class FromBundle(msgspec.Struct, frozen=True, gc=False, tag="bundle"):
    """Shipped inside another package's tarball; no registry vouches for its contents."""

    parent: str


class FromUnknown(msgspec.Struct, frozen=True, gc=False, tag="unknown"):
    """A source no rule here understands; kept, so that it can be reported rather than dropped."""

    text: str


Origin = FromRegistry | FromGit | FromTarball | FromDirectory | FromBundle | FromUnknown


class Package(msgspec.Struct, frozen=True):
    """A name at one registry: what a packument describes."""

    name: str
    registry: str


class Release(msgspec.Struct, frozen=True, gc=False, tag="release"):
    """One version of one package from one origin: the key everything is filed under."""

    name: str
    version: str
    origin: Origin

    @property
    def spec(self) -> str:
        return f"{self.name}@{self.version}" if self.version else self.name

    @property
    def package(self) -> Package | None:
        """The package whose packument describes this release; None unless a registry serves it."""
        return Package(self.name, self.origin.url) if isinstance(self.origin, FromRegistry) else None


class Missing(StrEnum):
    """Why a requested package has no release to examine."""

    PACKAGE = "package"
    VERSION = "version"


class Unresolved(msgspec.Struct, frozen=True, tag="unresolved"):
    """Something asked for that the registry says does not exist; `wanted` is the range, tag or version."""

    name: str
    wanted: str
    registry: str
    missing: Missing

    @property
    def spec(self) -> str:
        return f"{self.name}@{self.wanted}" if self.wanted else self.name


class LockedFile(msgspec.Struct, frozen=True, tag="lockfile"):
    """A lockfile as the subject of a check: its path as the person gave it, and its format's id."""

    path: str
    format: str

    @property
    def name(self) -> str:
        return self.path

    @property
    def spec(self) -> str:
        return self.path


class Service(msgspec.Struct, frozen=True, tag="service"):
    """Something about the run as a whole: a registry, a body of data, the project itself. `name` is what a person
    calls it, `role` what it is to the run.
    """

    name: str
    url: str = ""
    role: str = "this run relied on it"

    @property
    def spec(self) -> str:
        return self.name


Subject = Release | Unresolved | LockedFile | Service


class Location(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A place in a file: line and column are 1-based, 0 when unknown; `pointer` is an RFC 6901 JSON pointer."""

    path: str
    line: int = 0
    column: int = 0
    pointer: str = ""


class EdgeKind(StrEnum):
    """Which section of a package.json declares a dependency."""

    PROD = "dependencies"
    DEV = "devDependencies"
    OPTIONAL = "optionalDependencies"
    PEER = "peerDependencies"


class Edge(msgspec.Struct, frozen=True, gc=False):
    """A declared dependency: the name it is installed under, what was asked for, and in which section.

    `target` is the location of the entry that answers it, where the format says so; npm's does not: there the
    nearest `node_modules` upwards does.
    """

    name: str
    wanted: str
    kind: EdgeKind
    optional: bool = False
    target: str = ""


class EntryKind(StrEnum):
    """What a lockfile entry stands for."""

    ROOT = "root"
    WORKSPACE = "workspace"
    LINK = "link"
    PACKAGE = "package"


class Entry(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One entry of a lockfile, whatever the format.

    `location` is what the format files it under, unique in the file: for npm where it goes
    (`node_modules/a/node_modules/b`, empty for the root), elsewhere the entry's own key.
    `release.name` is the real package's name; `installed_as` is the folder's, which differs for aliases.
    `resolved` is the source as the file writes it. `integrity` is subresource integrity over the package's tarball;
    `checksum` is what a format records over something else (yarn berry: its own zip archive). `patch` names what
    changes the package after it was fetched. `platform` are conditions such as `os=darwin` under which it is
    installed at all. `install_script` and `bins` are what the lockfile claims, None where the format does not say.
    """

    location: str
    kind: EntryKind
    release: Release
    installed_as: str
    integrity: str = ""
    resolved: str = ""
    edges: tuple[Edge, ...] = ()
    dev: bool = False
    optional: bool = False
    peer: bool = False
    install_script: bool | None = None
    bins: tuple[str, ...] | None = None
    at: Location | None = None
    checksum: str = ""
    patch: str = ""
    platform: tuple[str, ...] = ()


class RemarkKind(StrEnum):
    """What a reader can notice about a file as a whole that no entry shows."""

    DUPLICATE_KEY = "duplicate-key"
    HALVES_DISAGREE = "halves-disagree"
    UNKNOWN_FIELD = "unknown-field"
    REDIRECT = "redirect"
    TRUSTED_SCRIPTS = "trusted-scripts"
    SCRIPTS = "scripts"


class Remark(msgspec.Struct, frozen=True, gc=False):
    """Something about the file that is not an entry: what was seen and where. `about` names the entry or field."""

    kind: RemarkKind
    about: str
    message: str
    at: Location


class Lockfile(msgspec.Struct, frozen=True):
    """A lockfile of any format. `entries` keeps file order and holds the root and workspaces too.

    `format` is the reader's id, `manager` the package manager that installs from it.
    """

    path: str
    format: str
    version: str
    entries: tuple[Entry, ...]
    manager: str = "npm"
    remarks: tuple[Remark, ...] = ()


class Change(StrEnum):
    """What the command would do to one entry."""

    ADDED = "added"
    CHANGED = "changed"
    KEPT = "kept"
    REMOVED = "removed"


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One entry of the plan.

    `because` is the shortest dependency path that brings it in, outermost first, the release itself last
    (a direct dependency has a path of one). `on_disk` is what is already installed in the same place and stays.
    """

    change: Change
    entry: Entry
    because: tuple[str, ...]
    before: Entry | None = None
    on_disk: bool = False

    @property
    def direct(self) -> bool:
        return len(self.because) <= 1


class Plan(msgspec.Struct, frozen=True):
    """What would be installed: the difference between what is there and the lockfile the manager would write.

    `projects` are the entries of the project itself and its workspaces, with what they declare.
    """

    manager: str
    manager_version: str
    steps: tuple[Step, ...]
    unresolved: tuple[Unresolved, ...] = ()
    projects: tuple[Entry, ...] = ()

    def installs(self) -> tuple[Step, ...]:
        """Every step whose release will be on disk afterwards."""
        return tuple(step for step in self.steps if step.change is not Change.REMOVED)


class UnavailableKind(StrEnum):
    """Why evidence could not be had."""

    OFFLINE = "offline"
    NOT_FOUND = "not-found"
    REFUSED = "refused"
    TOO_LARGE = "too-large"
    TIMEOUT = "timeout"
    MALFORMED = "malformed"
    UNSUPPORTED = "unsupported"


class Unavailable(Exception):  # noqa: N818  (an outcome of looking, not a fault)
    """Raised by sources and by the ports they use: the evidence could not be had, and why."""

    def __init__(self, kind: UnavailableKind, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


class Fix(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person can do: one line, and where there is one, the command that does it."""

    title: str
    command: str = ""


class Hit(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a check yields. `message` says what was seen, with its value; advice belongs to the check's docstring.

    `severity` and `confidence` replace the check's own where one rule has grades.
    `key` tells several hits of one check on one subject apart; it must be stable between runs.
    `about` is the release it is really about, where the check looked at a whole file; the finding is filed there.
    """

    message: str
    severity: Severity | None = None
    confidence: Confidence | None = None
    fix: Fix | None = None
    at: Location | None = None
    key: str = ""
    about: Release | None = None


class Finding(msgspec.Struct, frozen=True, tag="finding", omit_defaults=True):
    """A hit with the check, the subject and the severity stamped on it by the engine."""

    check: str
    subject: Subject
    severity: Severity
    confidence: Confidence
    message: str
    fix: Fix | None = None
    at: Location | None = None
    key: str = ""


class Passed(msgspec.Struct, frozen=True, tag="passed"):
    """The check had all its evidence and saw nothing."""

    check: str
    subject: Subject


class Skipped(msgspec.Struct, frozen=True, tag="skipped"):
    """The check could not look, and why. Never the same as Passed: policy decides what it means."""

    check: str
    subject: Subject
    kind: UnavailableKind
    reason: str
    source: str


class Crashed(msgspec.Struct, frozen=True, tag="crashed"):
    """A bug of ours in a check; `detail` keeps the traceback."""

    check: str
    subject: Subject
    detail: str


Outcome = Finding | Passed | Skipped | Crashed


class Decision(Enum):
    """What may happen next."""

    ALLOW = "allow"
    WARN = "warn"
    BLOCK = "block"


class Now(msgspec.Struct, frozen=True):
    """The instant this run judges by (aware, UTC)."""

    at: datetime


Bins = Mapping[str, str]
