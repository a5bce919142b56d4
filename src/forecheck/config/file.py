"""A forecheck.toml as it was written: only what it says, and on which line.

Each field's annotation carries its text, and where an untrusted project may tighten it, in which direction.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

import msgspec

from forecheck.check import Option, Stricter, Unknown
from forecheck.config.exceptions import PACKAGE, WORDS
from forecheck.config.places import Place
from forecheck.config.settings import AdvisorySource, NonInteractive, WithoutDatabase
from forecheck.config.shapes import URL, Shape, shape_of
from forecheck.model import Confidence, Severity, UnavailableKind
from forecheck.report import Ignore

Meta = msgspec.Meta

_REGISTRY = rf"^@[^\s/@]+$|{URL}"
_OWN_NAME = r"^(?:@[^\s/@]+(?:/[^\s/@]+)?|[^\s/@:]+)$"
_FOLDER = r"^(?:/|~/|[A-Za-z]:[\\/]).*$"
_RESOLVER = (
    r"^(?:(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
    r"|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$"
)


class UnknownTable(msgspec.Struct, frozen=True):
    """`policy.unknown`: one meaning for all (a plain string), or one for each kind of absence."""

    default: Unknown | None = None
    by_kind: Mapping[UnavailableKind, Unknown] = {}


class PolicyTable(msgspec.Struct, frozen=True):
    """`[policy]`."""

    block_at: Annotated[
        Severity | None, Option("Findings of this severity or higher stop the run.", Stricter.LOWER)
    ] = None
    block_confidence: Annotated[
        Confidence | None,
        Option("A finding stops the run only if the check is at least so sure.", Stricter.LOWER),
    ] = None
    warn_at: Annotated[
        Severity | None, Option("Findings of this severity or higher are worth a question.", Stricter.LOWER)
    ] = None
    non_interactive: Annotated[
        NonInteractive | None, Option("What a warning means where nobody can be asked.", Stricter.HIGHER)
    ] = None
    unknown: Annotated[
        UnknownTable | None,
        Meta(
            description="What it means that a check could not look, unless the check's own table says more."
        ),
    ] = None


class CheckTable(msgspec.Struct, frozen=True):
    """`[checks.<id>]`. `options` holds the check's own options by field name, only those that are set."""

    enabled: Annotated[bool | None, Option("Whether the check runs.", Stricter.TRUE)] = None
    severity: Annotated[
        Severity | None, Option("Replaces the severity of everything the check finds.", Stricter.HIGHER)
    ] = None
    unknown: Annotated[
        Unknown | None, Meta(description="What it means that this check could not look, whatever the reason.")
    ] = None
    options: Mapping[str, Any] = {}


class IgnoreTable(msgspec.Struct, frozen=True):
    """`[[ignore]]`."""

    check: Annotated[str | None, Meta(description="The check whose findings are accepted.")] = None
    package: Annotated[
        str | None,
        Meta(description='The package; "*" is every package.', pattern=PACKAGE, title=WORDS),
    ] = None
    reason: Annotated[
        str | None,
        Meta(description="Why it is accepted.", pattern=r"^.*\S.*$", title="a reason, on one line"),
    ] = None
    until: Annotated[
        date | None, Meta(description="The last day (UTC) on which it is accepted; for ever if left out.")
    ] = None


class SourceTable(msgspec.Struct, frozen=True):
    """`[sources.<name>]`."""

    enabled: Annotated[bool | None, Meta(description="Whether the service is asked at all.")] = None
    url: Annotated[
        str | None,
        Meta(description="Where the service is.", pattern=URL, title="an https:// URL without a user name"),
    ] = None
    deadline: Annotated[
        timedelta | None, Meta(description="How long the service may take in all, in one run.")
    ] = None
    attempts: Annotated[int | None, Meta(description="How often one request is tried.", ge=1, le=10)] = None


_RegistryName = Annotated[str, Meta(pattern=_REGISTRY, title='an https:// URL or a scope such as "@corp"')]


_OwnName = Annotated[str, Meta(pattern=_OWN_NAME, title='a package name or a scope such as "@corp"')]


class RegistriesTable(msgspec.Struct, frozen=True):
    """`[registries]`."""

    ask: Annotated[
        tuple[_OwnName, ...] | None,
        Meta(
            description="Internal packages and scopes whose names npm's registry may be told, to see if it has them."
        ),
    ] = None
    private: Annotated[
        tuple[_RegistryName, ...] | None,
        Meta(description="Registries and scopes whose package names no public service may be told."),
    ] = None
    public: Annotated[
        tuple[_RegistryName, ...] | None,
        Meta(
            description="Registries and scopes whose package names are public. All others count as private."
        ),
    ] = None


class NetworkTable(msgspec.Struct, frozen=True):
    """`[network]`."""

    max_concurrency: Annotated[
        int | None, Meta(description="How many requests run at the same time.", ge=1, le=64)
    ] = None
    cache_max_age: Annotated[
        timedelta | None,
        Meta(description="How long a cached packument that holds the wanted version needs no new question."),
    ] = None
    cache_dir: Annotated[
        str | None,
        Meta(
            description="Where the cache is kept.", pattern=_FOLDER, title="an absolute path, or one below ~/"
        ),
    ] = None
    resolver: Annotated[
        str | None,
        Meta(
            description="The name server that mail domains are asked of; the system's own if left out.",
            pattern=_RESOLVER,
            title='an IP address, with a port or without ("192.0.2.1:53", "[2001:db8::1]:53")',
        ),
    ] = None


class AdvisoriesTable(msgspec.Struct, frozen=True):
    """`[advisories]`."""

    sources: Annotated[tuple[AdvisorySource, ...] | None, Meta(description="Where advisories come from.")] = (
        None
    )
    max_age: Annotated[
        timedelta | None,
        Meta(description="How old the advisory database may be before that is a finding of its own."),
    ] = None
    without_database: Annotated[
        WithoutDatabase | None,
        Meta(
            description="Where there is no database: ask whether to fetch it (and the services where nobody can be "
            "asked), fetch it, or ask the services."
        ),
    ] = None


class FileConfig(msgspec.Struct, frozen=True):
    """One forecheck.toml. `places` gives the line of every key in it."""

    path: str
    policy: PolicyTable = PolicyTable()
    checks: Mapping[str, CheckTable] = {}
    ignores: tuple[Ignore, ...] = ()
    sources: Mapping[str, SourceTable] = {}
    registries: RegistriesTable = RegistriesTable()
    network: NetworkTable = NetworkTable()
    advisories: AdvisoriesTable = AdvisoriesTable()
    places: Mapping[Place, int] = {}

    def line(self, *place: str | int) -> int:
        """The line of a key, or of the nearest table around it that is written down."""
        return nearest_line(self.places, place)


def nearest_line(places: Mapping[Place, int], place: Place) -> int:
    """The line of the place, or of the nearest one around it; 1 where nothing is."""
    while place:
        if place in places:
            return places[place]
        place = place[:-1]
    return 1


def key_of(field: str) -> str:
    """A field's name as the file writes it."""
    return field.replace("_", "-")


def shapes_of(kind: type[msgspec.Struct]) -> dict[str, Shape]:
    """How each field is written, by field name; without those that need more than one value to be read."""
    apart = {(PolicyTable, "unknown"), (CheckTable, "options")}
    fields = msgspec.structs.fields(kind)
    return {field.name: shape_of(field.type) for field in fields if (kind, field.name) not in apart}


def text_of(hint: Any) -> str:
    """The description in a field's annotation."""
    for note in getattr(hint, "__metadata__", ()):
        if isinstance(note, Option):
            return note.text
        if isinstance(note, Meta) and note.description:
            return note.description
    raise TypeError(f"{hint} has no description")
