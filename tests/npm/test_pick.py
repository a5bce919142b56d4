import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from forecheck.npm.pick import NoMatch, is_avoided, mature, pick
from forecheck.npm.semver import satisfies
from forecheck.npm.spec import InvalidSpec
from tests.npm.real_npm import ask
from tests.npm.recorded import recorded

NODE = "20.20.2"


class Row(msgspec.Struct, frozen=True):
    version: str
    published: datetime | None = None
    deprecated: bool = False


class Shelf(msgspec.Struct, frozen=True):
    rows: tuple[Row, ...]
    tags: Mapping[str, str] = {}


def year(number: int) -> datetime:
    return datetime(number, 1, 1, tzinfo=UTC)


def shelf(packument: Any) -> Shelf:
    times = packument.get("time") or {}
    rows = [
        Row(
            version,
            datetime.fromisoformat(times[version]) if version in times else None,
            bool(manifest.get("deprecated")),
        )
        for version, manifest in packument["versions"].items()
    ]
    return Shelf(tuple(rows), packument["dist-tags"])


def ours(packument: Any, wanted: str, options: Any) -> dict[str, Any]:
    def engine_fits(version: str) -> bool:
        engines = packument["versions"][version].get("engines")
        return (
            not isinstance(engines, dict)
            or "node" not in engines
            or satisfies(NODE, engines["node"], include_prerelease=True)
        )

    try:
        version = pick(
            shelf(packument),
            wanted,
            before=datetime.fromisoformat(options["before"]) if "before" in options else None,
            default_tag=options.get("defaultTag", "latest"),
            avoid=options.get("avoid"),
            engine_fits=engine_fits,
        )
    except NoMatch as missing:
        return {"error": missing.code}
    except InvalidSpec as invalid:
        return {"error": invalid.code}
    found = {"version": version}
    if deprecated := packument["versions"][version].get("deprecated"):
        found["deprecated"] = deprecated
    return found | ({"_shouldAvoid": True} if is_avoided(version, options.get("avoid")) else {})


def test_every_recorded_choice() -> None:
    cases, packuments = recorded("pick-manifest-cases")["cases"], recorded("pick-packuments")
    wrong = [
        (case, found)
        for case in cases
        if (found := ours(packuments[case["packument"]], case["spec"], case["opts"])) != case["result"]
    ]
    assert len(cases) == 144
    assert wrong == []


def _random_packument(source: random.Random) -> Any:
    known = [
        "0.1.0",
        "1.0.0",
        "1.0.0-rc.1",
        "1.1.0",
        "1.2.3",
        "1.2.4-beta",
        "2.0.0",
        "2.0.0-alpha",
        "3.0.0",
        "01.5.0",
        "1.3.0beta",
        "1.2.3+b",
        "junk",
    ]
    chosen = source.sample(known, source.randrange(8))
    versions = {}
    for version in chosen:
        manifest: dict[str, Any] = {"version": version}
        if source.random() < 0.3:
            manifest["deprecated"] = "d"
        if source.random() < 0.3:
            manifest["engines"] = {"node": source.choice([">=22", "<10", ">=18", "*", "junk"])}
        versions[version] = manifest
    # a tag naming "junk" makes npm fail one way and this another, both of them without a version
    named = [version for version in chosen if version != "junk"] or ["9.9.9"]
    return {
        "name": "x",
        "versions": versions,
        "dist-tags": {tag: source.choice(named) for tag in ("latest", "beta") if source.random() < 0.8},
        "time": {
            version: f"{source.randrange(2018, 2024)}-01-01T00:00:00.000Z"
            for version in chosen
            if source.random() < 0.9
        },
    }


def test_agrees_with_the_installed_npm() -> None:
    source = random.Random(20260503)
    cases = []
    for _ in range(2000):
        options: dict[str, str] = {}
        if source.random() < 0.5:
            options["before"] = f"{source.randrange(2017, 2024)}-01-01T00:00:00.000Z"
        if source.random() < 0.3:
            options["avoid"] = source.choice(["<2", ">=1.2", "*", "1.2.3 || 3"])
        if source.random() < 0.2:
            options["defaultTag"] = source.choice(["beta", "nope", "1.2.3"])
        wanted = source.choice(
            [
                "",
                "*",
                "latest",
                "beta",
                "1",
                "^1",
                "~1.2",
                "1.2.3",
                "=1.2.3",
                "<2",
                "^2.0.0-0",
                "1.3.0beta",
                "nope",
                "u/r",
                "a b",
                " 1.2.3 ",
            ]
        )
        cases.append([_random_packument(source), wanted, options])
    script = """
        const pick = require(npm + '/node_modules/npm-pick-manifest');
        answer = question.map(([packument, wanted, options]) => {
            try {
                const { version, deprecated, _shouldAvoid } = pick(packument, wanted, { ...options, nodeVersion: '20.20.2' });
                return { version, deprecated, _shouldAvoid }
            } catch (error) { return { error: error.code ?? null } }
        })
    """
    answers = ask(script, cases)
    mine = [ours(*case) for case in cases]
    assert [row for row in zip(cases, mine, answers, strict=True) if row[1] != row[2]] == []


class TestMature:
    ROWS = (
        Row("1.0.0", year(2020)),
        Row("1.1.0", year(2021)),
        Row("1.2.0", year(2022), deprecated=True),
        Row("1.3.0"),
        Row("1.4.0", year(2024)),
        Row("2.0.0-rc.1", year(2019)),
    )

    @pytest.mark.parametrize(
        ("wanted", "before", "expected"),
        [
            ("^1", 2023, "1.1.0"),
            ("^1", 2021, "1.1.0"),
            ("^1", 2020, "1.0.0"),
            ("^1", 2019, None),
            ("^1", 2025, "1.4.0"),
            ("1.2.x", 2023, "1.2.0"),
            ("1.3.0", 2030, None),
            ("*", 2019, None),
            ("^2.0.0-0", 2023, "2.0.0-rc.1"),
            ("latest", 2023, None),
        ],
    )
    def test_newest_of_known_age(self, wanted: str, before: int, expected: str | None) -> None:
        assert mature(Shelf(self.ROWS), wanted, year(before)) == expected


def test_a_version_without_a_time_passes_as_in_npm() -> None:
    assert pick(Shelf((Row("1.0.0"),)), "^1", before=year(2000)) == "1.0.0"
