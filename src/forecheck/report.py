"""What a run found out: all that a reporter gets."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import msgspec

from forecheck.check import Check
from forecheck.lockfiles.compare import Changes
from forecheck.model import Decision, Finding, LockedFile, Outcome, Passed, Plan, Subject


class Ignore(msgspec.Struct, frozen=True, omit_defaults=True):
    """A recorded exception: findings of `check` on `package` (`name`, `name@range`, or `*`) until `until`.

    `where` is the file (and line) that records it.
    """

    check: str
    package: str
    reason: str
    until: date | None = None
    where: str = ""


class Judged(msgspec.Struct, frozen=True, omit_defaults=True):
    """One outcome that is not a pass, and what policy makes of it.

    `decision` is ALLOW for what is only noted. `ignored` is the exception that applied.
    """

    outcome: Outcome
    decision: Decision
    why: str
    ignored: Ignore | None = None


class Exit:
    """Exit codes by kind. A package manager's own code passes through when it ran."""

    ALLOW = 0
    FINDINGS = 1
    USAGE = 2
    UNKNOWN = 3
    NOTHING = 4
    DECLINED = 5
    WORLD = 6
    BUG = 70
    INTERRUPTED = 130
    BROKEN_PIPE = 141


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """ALLOW, WARN or BLOCK, never a bool, with everything that led to it.

    `unknown_only` says that nothing but missing evidence made it so. `examined` is False when there was
    nothing to look at, which is not success. `unused` and `expired` are exceptions that did nothing.
    """

    decision: Decision
    judged: tuple[Judged, ...] = ()
    unknown_only: bool = False
    examined: bool = True
    unused: tuple[Ignore, ...] = ()
    expired: tuple[Ignore, ...] = ()


class DataVersion(msgspec.Struct, frozen=True):
    """A body of data that the run relied on, and how old it is."""

    name: str
    version: str


class ExaminedFile(msgspec.Struct, frozen=True):
    """A lockfile that was looked at, and how many packages it holds; none where it could not be read."""

    file: LockedFile
    packages: int


class ComparedLockfile(msgspec.Struct, frozen=True):
    """What changed in one lockfile from `base` to `head`, which are what the two sides are called.

    `paths` is the shortest dependency path of each entry that is there now, by location.
    """

    subject: LockedFile
    base: str
    head: str
    changes: Changes
    paths: Mapping[str, tuple[str, ...]]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of a run. `command` is what was asked for, as the person typed it. `files` are what was looked at
    where that is lockfiles and not what a command would install; then the plan is empty.

    `notices` are lines about the run itself (configuration that was not followed, files not read). `checks` are
    those that ran, for reporters that describe them.
    """

    command: str
    plan: Plan
    outcomes: tuple[Outcome, ...]
    verdict: Verdict
    tool_version: str
    data: tuple[DataVersion, ...]
    notices: tuple[str, ...] = ()
    offline: bool = False
    checks: tuple[Check, ...] = ()
    files: tuple[ExaminedFile, ...] = ()
    compared: tuple[ComparedLockfile, ...] = ()
    started: datetime
    elapsed: timedelta

    def examined(self) -> int:
        """How many distinct releases would be on disk afterwards, or how many packages the lockfiles hold."""
        if self.files:
            return sum(one.packages for one in self.files)
        return len({step.entry.release for step in self.plan.installs()})

    def findings(self) -> tuple[Finding, ...]:
        return tuple(outcome for outcome in self.outcomes if isinstance(outcome, Finding))

    def subjects(self) -> tuple[Subject, ...]:
        """Every subject with an outcome, in the order of the run."""
        return tuple(dict.fromkeys(outcome.subject for outcome in self.outcomes))

    def passed(self) -> int:
        return sum(isinstance(outcome, Passed) for outcome in self.outcomes)
