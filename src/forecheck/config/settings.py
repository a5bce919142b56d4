"""What a run goes by, after all files have been read: every value is there, defaults filled in."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import IntEnum, StrEnum

import msgspec

from forecheck.check import Check, Unknown
from forecheck.model import Confidence, Severity, UnavailableKind
from forecheck.ports import SourceLimits
from forecheck.report import Ignore

STRICTNESS = (Unknown.NOTE, Unknown.WARN, Unknown.BLOCK)
"""The meanings of unknown, mildest first."""


class NonInteractive(IntEnum):
    """What a warning means where nobody can be asked."""

    ALLOW = 0
    BLOCK = 1


class Thresholds(msgspec.Struct, frozen=True):
    """From where on a finding blocks or warns. `strict` (from the command line) lets no warning pass."""

    block_at: Severity = Severity.HIGH
    block_confidence: Confidence = Confidence.MEDIUM
    warn_at: Severity = Severity.MEDIUM
    non_interactive: NonInteractive = NonInteractive.ALLOW
    strict: bool = False


class Meanings(msgspec.Struct, frozen=True):
    """What somebody said missing evidence means: for one check, for one kind of absence, or at all."""

    by_check: Mapping[str, Unknown] = {}
    by_kind: Mapping[UnavailableKind, Unknown] = {}
    default: Unknown | None = None

    def of(self, check: str, kind: UnavailableKind) -> tuple[Unknown, str] | None:
        """The meaning and the key that gives it; None where nothing was said."""
        if check in self.by_check:
            return self.by_check[check], f"checks.{check}.unknown"
        return self.generally(kind)

    def generally(self, kind: UnavailableKind) -> tuple[Unknown, str] | None:
        """The same for whichever check."""
        if kind in self.by_kind:
            return self.by_kind[kind], f"policy.unknown.{kind.value}"
        return None if self.default is None else (self.default, "policy.unknown")


class CheckSettings(msgspec.Struct, frozen=True):
    """How one check runs.

    `severity` replaces the check's own. `floor` only raises what is lower: it comes from a project's file that
    nobody trusts. `unknown` is the check's own meaning of missing evidence. `tolerates_installed` is the check's too.
    """

    unknown: Unknown
    options: msgspec.Struct | None
    enabled: bool = True
    severity: Severity | None = None
    floor: Severity | None = None
    tolerates_installed: bool = False


class SourceSettings(msgspec.Struct, frozen=True):
    """One service that evidence comes from. An empty `url` means that npm's own configuration names it."""

    deadline: timedelta
    attempts: int
    url: str = ""
    enabled: bool = True

    def limits(self) -> SourceLimits:
        return SourceLimits(deadline=self.deadline, attempts=self.attempts)


SOURCES: Mapping[str, SourceSettings] = {
    "registry": SourceSettings(deadline=timedelta(minutes=2), attempts=3),
    "dns": SourceSettings(deadline=timedelta(seconds=10), attempts=1),
    "rdap": SourceSettings(
        deadline=timedelta(seconds=10), attempts=1, url="https://data.iana.org/rdap/dns.json"
    ),
    "namesakes": SourceSettings(deadline=timedelta(seconds=10), attempts=2, url="https://registry.npmjs.org"),
    "github": SourceSettings(deadline=timedelta(seconds=10), attempts=2, url="https://api.github.com"),
    "github-files": SourceSettings(
        deadline=timedelta(seconds=10), attempts=2, url="https://raw.githubusercontent.com"
    ),
    "gitlab": SourceSettings(deadline=timedelta(seconds=10), attempts=2, url="https://gitlab.com"),
    "bitbucket": SourceSettings(deadline=timedelta(seconds=10), attempts=2, url="https://api.bitbucket.org"),
    "scorecard": SourceSettings(deadline=timedelta(seconds=10), attempts=2, url="https://api.scorecard.dev"),
    "tarballs": SourceSettings(deadline=timedelta(minutes=10), attempts=3),
    "sigstore-tuf": SourceSettings(
        deadline=timedelta(seconds=20), attempts=2, url="https://tuf-repo-cdn.sigstore.dev"
    ),
    "downloads": SourceSettings(deadline=timedelta(seconds=20), attempts=2, url="https://api.npmjs.org"),
    "osv-api": SourceSettings(deadline=timedelta(seconds=30), attempts=2, url="https://api.osv.dev"),
    "registry-advisories": SourceSettings(deadline=timedelta(seconds=20), attempts=2),
    "osv-export": SourceSettings(
        deadline=timedelta(minutes=15), attempts=3, url="https://osv-vulnerabilities.storage.googleapis.com"
    ),
}
"""Every service by the name it has in forecheck.toml."""


class Registries(msgspec.Struct, frozen=True):
    """Which packages' names public services may be told: URLs with a trailing slash, and `@scopes`.

    What is in neither list is private. `ask` are names and scopes of internal packages that npm's registry may be
    asked about: whether it has one of the same name.
    """

    private: tuple[str, ...] = ()
    public: tuple[str, ...] = ("https://registry.npmjs.org/", "https://registry.yarnpkg.com/")
    ask: tuple[str, ...] = ()

    def may_ask(self, name: str) -> bool:
        """Whether the public registry may be asked about a name that it does not serve us."""
        return name in self.ask or (name.startswith("@") and name.partition("/")[0] in self.ask)

    def is_private(self, name: str, registry: str) -> bool:
        """Whether the package was called private; `registry` is the base URL it comes from."""
        scope = name.partition("/")[0] if name.startswith("@") else ""
        return scope in self.private or registry in self.private

    def may_tell(self, name: str, registry: str) -> bool:
        """Whether a public service may learn that `name` is used; `registry` is the base URL it comes from."""
        scope = name.partition("/")[0] if name.startswith("@") else ""
        if self.is_private(name, registry):
            return False
        return scope in self.public or registry in self.public


class AdvisorySource(StrEnum):
    """Where advisories come from."""

    DATABASE = "database"
    OSV_API = "osv-api"
    REGISTRY = "registry"


class WithoutDatabase(StrEnum):
    """What to do where there is no advisory database on this machine."""

    ASK = "ask"
    UPDATE = "update"
    SERVICES = "services"


class Advisories(msgspec.Struct, frozen=True):
    """How advisories are looked up. All `sources` are asked; where the database is one of them and is missing or
    older than `max_age`, the services that are enabled are asked as well.
    """

    sources: tuple[AdvisorySource, ...] = (AdvisorySource.DATABASE,)
    max_age: timedelta = timedelta(days=7)
    without_database: WithoutDatabase = WithoutDatabase.ASK


class Network(msgspec.Struct, frozen=True):
    """Limits for fetching. `cache_dir` is empty for the platform's own place.

    `cache_max_age` is how long a cached packument that holds the wanted version needs no new question. `resolver`
    is the name server that mail domains are asked of, as `IP` or `IP:port`, empty for the system's.
    """

    max_concurrency: int = 32
    cache_max_age: timedelta = timedelta(hours=1)
    cache_dir: str = ""
    resolver: str = ""


class Config(msgspec.Struct, frozen=True):
    """Everything a run goes by.

    `unknown` is what the user (or a trusted project) says of missing evidence; `unknown_floor` what an untrusted
    project demands on top. `ignores` are the project's exceptions, `user_ignores` those of the user's own file.
    """

    checks: Mapping[str, CheckSettings]
    thresholds: Thresholds = Thresholds()
    unknown: Meanings = Meanings()
    unknown_floor: Meanings = Meanings()
    ignores: tuple[Ignore, ...] = ()
    user_ignores: tuple[Ignore, ...] = ()
    sources: Mapping[str, SourceSettings] = msgspec.field(default_factory=lambda: SOURCES)
    registries: Registries = Registries()
    network: Network = Network()
    advisories: Advisories = Advisories()

    def enabled(self, checks: Iterable[Check]) -> tuple[Check, ...]:
        """The checks that are to run, in the given order."""
        return tuple(check for check in checks if self.checks[check.id].enabled)

    def options(self) -> Mapping[str, msgspec.Struct]:
        """The options of every check that has any, by check id."""
        return {name: one.options for name, one in self.checks.items() if one.options is not None}

    def severities(self) -> Mapping[str, Severity]:
        """The severities that replace a check's own, by check id."""
        return {name: one.severity for name, one in self.checks.items() if one.severity is not None}

    def meaning(self, check: str, kind: UnavailableKind) -> tuple[Unknown, str]:
        """What it means that `check` could not look, and what says so."""
        said = self.unknown.of(check, kind)
        if said is None and kind is UnavailableKind.UNSUPPORTED:
            said = Unknown.NOTE, "there is nothing to look at"
        elif said is None:
            said = self.checks[check].unknown, "the check's own default"
        demanded = self.unknown_floor.of(check, kind)
        if demanded is not None and _stricter(demanded[0], said[0]):
            return demanded[0], f"the project's {demanded[1]}"
        return said

    def strictly(self) -> "Config":
        """The same, with every warning stopping the run (`--strict`)."""
        strict = msgspec.structs.replace(self.thresholds, strict=True)
        return msgspec.structs.replace(self, thresholds=strict)


def _stricter(one: Unknown, other: Unknown) -> bool:
    return STRICTNESS.index(one) > STRICTNESS.index(other)


def defaults(checks: Iterable[Check]) -> Config:
    """The configuration where no file says anything."""
    return Config(
        checks={
            check.id: CheckSettings(
                unknown=check.unknown,
                options=None if check.options is None else check.options(),
                tolerates_installed=check.tolerates_installed,
            )
            for check in checks
        }
    )
