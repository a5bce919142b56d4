"""Run one check on one crafted packument, for tables of what docstring examples do not show."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from forecheck import discover
from forecheck.check import Check
from forecheck.engine import Facts, run_checks
from forecheck.graph import wire
from forecheck.model import Crashed, Finding, Outcome
from tests.checks.examples import Block, Example, NoProgress, World, one_by_one
from tests.fakes.ports import NOW


def check_called(name: str) -> Check:
    return next(check for check in discover.checks() if check.id == name)


def outcomes(name: str, *blocks: tuple[str, Any], options: dict[str, Any] | None = None) -> list[Outcome]:
    """What a check says of everything in the blocks (title and JSON value)."""
    check = check_called(name)
    parts = tuple(Block(title, msgspec.json.encode(value).decode()) for title, value in blocks)
    world = World(Example(name, "bad", "a table's row", parts))
    facts = Facts(wire([check], discover.sources(), world.context), world.context)
    facts.fetch(world.subjects, one_by_one, NoProgress())
    chosen = {name: check.options(**(options or {}))} if check.options else {}
    found = list(run_checks([check], chosen, {}, facts, world.subjects))
    assert not [outcome for outcome in found if isinstance(outcome, Crashed)], found
    return found


def findings(name: str, *blocks: tuple[str, Any], options: dict[str, Any] | None = None) -> list[Finding]:
    return [found for found in outcomes(name, *blocks, options=options) if isinstance(found, Finding)]


def only(name: str, *blocks: tuple[str, Any], options: dict[str, Any] | None = None) -> Finding | None:
    """The one finding, or None."""
    found = findings(name, *blocks, options=options)
    assert len(found) <= 1, found
    return found[0] if found else None


def before(**length: float) -> str:
    """A moment so long before the run, as the registry writes it."""
    return stamp(NOW.at - timedelta(**length))


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def history(*versions: tuple[str, float, dict[str, Any]], **top: Any) -> tuple[str, dict[str, Any]]:
    """A packument block: version, its age in days, and its document, for each version."""
    time = {version: before(days=age) for version, age, _ in versions}
    oldest = max(age for _, age, _ in versions)
    return "packument.json", {
        "name": "thing",
        "versions": {version: document for version, _, document in versions},
        "time": {"created": before(days=oldest), **time},
        **top,
    }


def by(name: str, *team: str, email: str = "") -> dict[str, Any]:
    """A version published by somebody, with these maintainers."""
    person = {"name": name, "email": email or f"{name}@example.com"}
    people = [{"name": one, "email": f"{one}@example.com"} for one in team]
    return {"_npmUser": person, **({"maintainers": people} if team else {})}


CI = {
    "_npmUser": {
        "name": "GitHub Actions",
        "email": "npm-oidc-no-reply@github.com",
        "trustedPublisher": {"id": "github", "oidcConfigId": "oidc:1"},
    }
}
