"""From a registry's answer to a `Packument`: every field may be missing, null or of any type."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import msgspec

from forecheck.analysis.package_json import (
    Person,
    WirePackageJson,
    deprecation,
    people,
    person,
    text,
    tidy,
)
from forecheck.decode import Malformed, read_json
from forecheck.evidence.packument import (
    EPOCH,
    MAX_BYTES,
    Dist,
    Offers,
    Packument,
    Publisher,
    Row,
    Signature,
    VersionDocument,
)
from forecheck.npm.semver import parse_version, sort_key

NO_README: Final = "ERROR: No README data found!"
"""What npm's registry gives as readme of a package without one."""

GITHUB_OIDC: Final = "npm-oidc-no-reply@github.com"
"""The address all GitHub trusted publishers share; before `trustedPublisher` was added it stood alone."""

T = TypeVar("T")


class WireVersion(WirePackageJson, frozen=True):
    """A version's document. `id`, `main` and `description` only tell a full document from an abbreviated one."""

    id: Any = msgspec.field(default=None, name="_id")
    main: Any = None
    description: Any = None
    deprecated: Any = None
    dist: Any = None
    publisher: Any = msgspec.field(default=None, name="_npmUser")
    maintainers: Any = None
    install_script: Any = msgspec.field(default=None, name="hasInstallScript")


class WirePackument(msgspec.Struct, frozen=True):
    """The top of the document. Versions must be objects; the rest may be anything."""

    versions: dict[str, WireVersion | None] | None = None
    name: Any = None
    tags: Any = msgspec.field(default=None, name="dist-tags")
    time: Any = None
    modified: Any = None
    maintainers: Any = None
    readme: Any = None


def read(body: bytes, name: str, where: str) -> Packument:
    """The packument of `name`; raises `Malformed` for a document that is not one or is about another package."""
    wire = read_json(body, WirePackument, where, max_bytes=MAX_BYTES)
    if wire.name is not None and wire.name != name:
        raise Malformed(where, f"is about another package than {name}", "$.name")
    time = wire.time if isinstance(wire.time, dict) else {}
    if wire.versions is None and not time:
        raise Malformed(where, "has neither versions nor times", "$.versions")
    versions = {key: value for key, value in (wire.versions or {}).items() if value is not None}
    publishers: dict[Publisher, int] = {}
    teams: dict[tuple[Person, ...], int] = {}
    rows = tuple(_row(key, versions[key], time, publishers, teams) for key in _ascending(versions))
    unpublished = time.get("unpublished")
    return Packument(
        name=name,
        tags=_tags(wire.tags),
        rows=rows,
        publishers=tuple(publishers),
        teams=tuple(teams),
        maintainers=people(wire.maintainers),
        offers=_offers(wire, versions.values(), time, named=bool(publishers or teams)),
        created=milliseconds(time.get("created")),
        removed=_removed(time, versions),
        unpublished=milliseconds(unpublished.get("time")) if isinstance(unpublished, dict) else None,
        readme=_has_readme(wire.readme),
    )


def milliseconds(value: Any) -> int | None:
    """An ISO 8601 time as milliseconds since 1970; one without a zone is UTC; None for anything else."""
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value)
        aware = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
        found = (aware - EPOCH) // timedelta(milliseconds=1)
        _ = EPOCH + timedelta(milliseconds=found)
    except (ValueError, OverflowError):
        return None
    return found


def publisher_of(value: Any) -> Publisher | None:
    """A `_npmUser` field; None where it names nobody."""
    who = person(value)
    if who is None:
        return None
    fields = value if isinstance(value, dict) else {}
    trust = fields.get("trustedPublisher")
    approver = person(fields.get("approver"))
    provider = text(trust.get("id")) or "unknown" if isinstance(trust, dict) else ""
    if not provider and who.email == GITHUB_OIDC:
        provider = "github"
    return Publisher(
        name=who.name,
        email=who.email,
        trusted=provider,
        configuration=text(trust.get("oidcConfigId")) if isinstance(trust, dict) else "",
        approver=approver.label if approver else "",
    )


def _ascending(versions: Mapping[str, WireVersion]) -> list[str]:
    """By npm's order of versions; keys that are no versions first."""
    parsed = {key: parse_version(key, loose=True) for key in versions}
    return sorted(versions, key=lambda key: (0,) if (found := parsed[key]) is None else (1, sort_key(found)))


def _row(
    key: str,
    wire: WireVersion,
    time: Mapping[str, Any],
    publishers: dict[Publisher, int],
    teams: dict[tuple[Person, ...], int],
) -> Row:
    parsed = parse_version(key, loose=True)
    deprecated = deprecation(wire.deprecated)
    document = VersionDocument(
        declared=tidy(wire),
        dist=_dist(wire.dist),
        deprecated=deprecated,
        install_script=wire.install_script if isinstance(wire.install_script, bool) else None,
    )
    return Row(
        version=key,
        prerelease=parsed is None or bool(parsed.prerelease),
        at=milliseconds(time.get(key)),
        publisher=_number(publishers, publisher_of(wire.publisher)),
        team=_number(teams, people(wire.maintainers)),
        deprecated=bool(deprecated),
        document=msgspec.msgpack.encode(document),
    )


def _number(table: dict[T, int], thing: T | None) -> int:
    """Equal things get one number: hundreds of versions share a handful of people."""
    return -1 if thing is None else table.setdefault(thing, len(table))


def _dist(value: Any) -> Dist:
    if not isinstance(value, dict):
        return Dist()
    attestations = value.get("attestations")
    attested = attestations if isinstance(attestations, dict) else {}
    provenance = attested.get("provenance")
    return Dist(
        integrity=text(value.get("integrity")),
        shasum=text(value.get("shasum")),
        tarball=text(value.get("tarball")),
        signatures=tuple(_signatures(value.get("signatures"))),
        attestations=text(attested.get("url")),
        predicate=text(provenance.get("predicateType")) if isinstance(provenance, dict) else "",
        file_count=_count(value.get("fileCount")),
        unpacked_size=_count(value.get("unpackedSize")),
    )


def _signatures(value: Any) -> Iterator[Signature]:
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict):
            yield Signature(keyid=text(one.get("keyid")), sig=text(one.get("sig")))


def _count(value: Any) -> int | None:
    """A count that fits in 64 bits; JSON's `true` is no count."""
    return value if type(value) is int and 0 <= value < 2**63 else None


def _tags(value: Any) -> dict[str, str]:
    return {tag: to for tag, to in value.items() if isinstance(to, str)} if isinstance(value, dict) else {}


def _removed(time: Mapping[str, Any], versions: Mapping[str, WireVersion]) -> dict[str, int]:
    """Publish times of versions that are not listed: the registry keeps the times of what it removes."""
    gone = (key for key in time if key not in versions and parse_version(key) is not None)
    return {key: at for key in gone if (at := milliseconds(time[key])) is not None}


def _has_readme(value: Any) -> bool | None:
    return value.strip() not in ("", NO_README) if isinstance(value, str) else None


def _offers(wire: WirePackument, versions: Any, time: Mapping[str, Any], *, named: bool) -> Offers:
    offers = Offers(0)
    full = any(
        document.id is not None
        or document.scripts is not None
        or document.main is not None
        or document.description is not None
        or document.license is not None
        or document.repository is not None
        for document in versions
    )
    if full:
        offers |= Offers.FULL | Offers.SCRIPTS
    if named or people(wire.maintainers):
        offers |= Offers.PEOPLE
    if any(document.install_script is not None for document in versions):
        offers |= Offers.SCRIPTS
    if any(isinstance(document.dist, dict) and document.dist.get("signatures") for document in versions):
        offers |= Offers.SIGNATURES
    kept = "created" in time or isinstance(wire.modified, str) or bool(offers & Offers.PEOPLE)
    if kept or any(document.deprecated is not None for document in versions):
        offers |= Offers.DEPRECATIONS
    return offers
