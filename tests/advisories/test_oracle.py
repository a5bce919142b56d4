"""npm's own semver on the same records: which versions do they speak of?

500 records of the OSV export at random (350 of GitHub's, 150 of malware), and every one about 23 packages whose
published versions are recorded. Elsewhere the versions asked about are those around the record's own bounds.
"""

import json
from collections.abc import Iterator
from typing import Any

from forecheck.advisories.osv_wire import decode
from forecheck.advisories.record import affects
from forecheck.npm.semver import parse_version
from tests.advisories.records import FOLDER, lines
from tests.npm.real_npm import ask

# Written from the schema's text, with npm's semver doing the comparing: ranges become npm's own notation.
SCRIPT = """
const semver = require(npm + '/node_modules/semver');
const loosely = { loose: true, includePrerelease: true };
const comparator = event => {
  const [kind, bound] = Object.entries(event)[0];
  if (kind === 'introduced') return bound === '0' ? '||>=0.0.0-0' : '||>=' + bound;
  if (kind === 'fixed') return ' <' + bound;
  if (kind === 'last_affected') return ' <=' + bound;
  throw new Error(kind);
};
const ranges = entry => (entry.ranges || []).map(range => range.events.map(comparator).join('').slice(2));
answer = question.map(({ entries, versions }) => versions.map(version => entries.some(entry =>
  ranges(entry).some(range => semver.satisfies(version, range, loosely)) ||
  (entry.versions || []).some(listed => semver.eq(listed, version, loosely)))));
"""


def _around(text: str) -> Iterator[str]:
    version = parse_version(text)
    if version is None:
        return
    major, minor, patch = version.major, version.minor, version.patch
    yield str(version)
    for other in (
        (major, minor, patch),
        (major, minor, patch + 1),
        (major, minor, max(patch - 1, 0)),
        (major, minor + 1, 0),
        (major, max(minor - 1, 0), 99),
        (major + 1, 0, 0),
        (max(major - 1, 0), 99, 0),
    ):
        core = ".".join(map(str, other))
        yield from (core, f"{core}-0", f"{core}-alpha.1", f"{core}-rc.10")


def _bounds(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        yield from entry.get("versions") or ()
        for each in entry.get("ranges") or ():
            for event in each["events"]:
                yield from event.values()


def _readable(entries: list[Any]) -> bool:
    return all(bound == "0" or parse_version(bound) is not None for bound in _bounds(entries))


def test_npm_agrees_which_versions_are_affected() -> None:
    published: dict[str, list[str]] = json.loads((FOLDER / "published.json").read_text("utf-8"))
    questions, ours, names, real, unreadable = [], [], [], 0, 0
    for line in lines("ranges.jsonl"):
        document = json.loads(line)
        advisory = decode(line, "fixture")
        for package in advisory.packages():
            entries = [entry for entry in document["affected"] if entry["package"]["name"] == package]
            if not _readable(entries):
                unreadable += 1
                continue
            around = {near for bound in _bounds(entries) for near in _around(bound)}
            versions = sorted({"0.0.0-0", "0.0.0", "999.0.0", *around, *published.get(package, ())})
            real += package in published
            questions.append({"entries": entries, "versions": versions})
            ours.append([affects(advisory, package, version) for version in versions])
            names.append(f"{advisory.id} {package}")
    theirs = ask(SCRIPT, questions)
    different = [
        f"{name} {version}: forecheck {mine}, npm {its}"
        for name, question, own, other in zip(names, questions, ours, theirs, strict=True)
        for version, mine, its in zip(question["versions"], own, other, strict=True)
        if mine != its
    ]
    assert different == []
    assert len(names) > 500
    assert real >= 50
    assert unreadable <= 5
    assert sum(map(sum, ours)) > 5_000
    assert sum(map(len, ours)) > 20_000
