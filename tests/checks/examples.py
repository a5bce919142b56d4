"""Run the examples in a check's docstring through the real sources and engine.

A docstring's `## Examples` section holds `### bad: …` (the check reports something), `### good: …` (it passes) and
`### unknown: …` (it could not look) examples. Each is fenced blocks, told apart by their titles:

    ```json title="packument.json"    what the registry answers; the first one is the package the example is about
    ```json title="package-lock.json" what would be installed; without it, the first packument's `latest`
    ```json title="wanted.json"       `{name, wanted, missing}`: something the registry does not have
    ```json title="downloads.json"    name → downloads in the last month
    ```json title="popular.json"      name → monthly downloads: stands for the bundled list
    ```json title="tarball.json"      `{release, files: {path: content}}`: what is in a release's tarball, if not just
                                      what its packument says; with `url` for `release`: a tarball somewhere else
    ```json title="keys.json"         the registry's list of keys: ids of npm's own, seeds of others, another id for a seed
    ```json title="pins.json"         the seeds of keys that are remembered of the registry
    ```json title="osv.json"          a record of the advisory database; null: there is no database
    ```json title="attestations.json" `name@version` → who signed what of it (`tests/fakes/sigstore.py`, `filed`)
    ```json title="domains.json"      domain → `{dns: served|bare|unknown|failing, registered: whether, if it says}`
    ```json title="forge.json"        `github.com/o/r` → `{archived, stars, gone, limited, files, scorecard}`, all optional
    ```json title="names.json"        `{private: scopes, ask: names, internal: whether, public: name → latest}`
    ```json title="options.json"      options of the check; lengths of time as ISO 8601
    (a lockfile and what is beside it: see lockfile_world.py)
    ```text title="finding"           the messages, one a line, in order

A packument needs only the fields that matter: its `name`, the names of its versions and `dist-tags` are filled in.
"""

import inspect
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import msgspec

from forecheck import discover
from forecheck.advisories.osv_wire import decode
from forecheck.app import index_by_release
from forecheck.check import Check
from forecheck.checks.confusion.unclaimed_workspace_name import WORKSPACES
from forecheck.decode import Malformed
from forecheck.engine import Facts, Task, run_checks
from forecheck.evidence.advisory_sources import AdvisorySources
from forecheck.evidence.attestations import TrustRoots
from forecheck.evidence.downloads import DownloadsSettings
from forecheck.evidence.packument import Freshness, escaped
from forecheck.evidence.planned import PlanIndex
from forecheck.evidence.public_registries import PublicRegistries
from forecheck.evidence.registry_keys import AskedRegistries
from forecheck.evidence.tarball_place import Machine
from forecheck.graph import wire
from forecheck.lockfiles import yarn_classic
from forecheck.lockfiles.npm import parse
from forecheck.model import Finding, Lockfile, Now, Outcome, Service, Subject, Unresolved
from forecheck.npm.semver import parse_version, sort_key
from forecheck.popularity import Popularity
from forecheck.ports import AdvisoryStore, Cache, Commits, Downloaded, Files, Http, Pins, Resolver
from forecheck.provenance.statement import PROVENANCE
from forecheck.resolve.plan import plan_of
from forecheck.signing.keys import npm_keys
from tests.checks.identity_world import domains, forge, identity_world, names
from tests.checks.lockfile_world import is_about_lockfiles, lockfile_world
from tests.fakes import tarball
from tests.fakes.advisories import ListedAdvisories
from tests.fakes.cache import MemoryCache
from tests.fakes.pins import MemoryPins, key_of, pinned
from tests.fakes.ports import NOW, PUBLIC, FakeCommits, FakeDownloaded, FakeHttp, NoFiles
from tests.fakes.sigstore import FakeTrustRoots, filed

BULK_MONTH = "https://api.npmjs.org/downloads/point/last-month/"

_HEADING = re.compile(r"^### (?P<kind>bad|good|unknown): (?P<title>.+)$")
_FENCE = re.compile(r'^```(?P<language>\w+) title="(?P<title>[^"]+)"$')


class Block(msgspec.Struct, frozen=True):
    """One fenced block."""

    title: str
    text: str


class Example(msgspec.Struct, frozen=True):
    """One example. `kind` is bad, good or unknown."""

    check: str
    kind: str
    title: str
    blocks: tuple[Block, ...]

    def __str__(self) -> str:
        return f"{self.check}: {self.kind}: {self.title}"

    def json(self, title: str) -> Iterator[Any]:
        yield from (json.loads(block.text) for block in self.blocks if block.title == title)


class NoProgress:
    """Implements the `Progress` port and shows nothing."""

    def stage(self, what: str, total: int = 0) -> None: ...

    def advance(self, count: int = 1) -> None: ...

    def done(self) -> None: ...


def sections(check: Check) -> dict[str, str]:
    """The `## ` sections of a docstring by heading; what stands before the first is under the empty text."""
    found: dict[str, list[str]] = {"": []}
    heading = ""
    for line in inspect.cleandoc(check.text).splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ").strip()
            found[heading] = []
        else:
            found[heading].append(line)
    return {name: "\n".join(lines).strip() for name, lines in found.items()}


def examples(check: Check) -> Iterator[Example]:
    """The examples of a check's docstring; a fence without a title or a line outside of any example is an error."""
    kind, title, blocks, fence, body = "", "", [], "", []
    for line in sections(check).get("Examples", "").splitlines():
        if fence and line != "```":
            body.append(line)
        elif fence:
            blocks.append(Block(fence, "\n".join(body)))
            fence, body = "", []
        elif opened := _FENCE.match(line):
            fence = opened["title"]
        elif heading := _HEADING.match(line):
            if kind:
                yield Example(check.id, kind, title, tuple(blocks))
            kind, title, blocks = heading["kind"], heading["title"], []
        elif line.startswith(("#", "```")):
            raise ValueError(f"{check.id}: not an example's heading or fence: {line}")
    if kind:
        yield Example(check.id, kind, title, tuple(blocks))


class World:
    """What an example's blocks make up: the network's answers, the plan, and the context of a run."""

    def __init__(self, example: Example, now: datetime = NOW.at) -> None:
        self.http = FakeHttp({})
        self.popularity = Popularity.load()
        self.subjects: list[Subject] = []
        self.index = PlanIndex({})
        self.options: dict[str, Any] = {}
        self.advisories = ListedAdvisories()
        self.context: dict[type, Any] = {
            Http: self.http,
            Cache: MemoryCache(),
            Files: NoFiles(),
            Commits: FakeCommits({}),
            Downloaded: FakeDownloaded(),
            Machine: Machine(),
            Now: Now(now),
            Pins: MemoryPins(),
            AskedRegistries: AskedRegistries(),
            Freshness: Freshness(timedelta(hours=1)),
            DownloadsSettings: DownloadsSettings(),
            PublicRegistries: PublicRegistries(lambda _, registry: registry == PUBLIC),
            AdvisorySources: AdvisorySources(lambda _, registry: registry != PUBLIC),
            AdvisoryStore: self.advisories,
            TrustRoots: FakeTrustRoots(),
        }
        self.context |= identity_world()
        for block in example.blocks:
            handle = HANDLERS.get(block.title)
            if handle is None and is_about_lockfiles(block.title):
                continue
            if handle is None:
                raise ValueError(f"{example}: no block is called {block.title}")
            handle(self, block.text)
        first = next(example.json("packument.json"), None)
        if not self.subjects and first is not None:
            self.install(json.dumps(lock_of(first)))
        self.subjects += [Service("advisories"), WORKSPACES]
        locked, beside = lockfile_world(example.blocks)
        self.context.update(beside)
        self.subjects += [locked] if locked is not None else []
        self.context.setdefault(PlanIndex, self.index)
        self.context.setdefault(Popularity, self.popularity)

    def install(self, text: str) -> None:
        """Take everything a package-lock.json holds as what would be installed."""
        self.plan(parse(text.encode(), "package-lock.json", lambda _: PUBLIC))

    def plan(self, lockfile: Lockfile) -> None:
        """Take everything a lockfile holds as what would be installed."""
        plan = plan_of(lockfile, None, manager=lockfile.manager, manager_version="11.0.0")
        self.index = PlanIndex(index_by_release(plan), plan.projects, lockfile.format)
        self.subjects += list(self.index.by_release)


def install_if_readable(world: World, text: str) -> None:
    with suppress(Malformed):
        world.install(text)


def install_by_yarn(world: World, text: str) -> None:
    with suppress(Malformed):
        world.plan(yarn_classic.parse(text.encode(), "yarn.lock", lambda _: PUBLIC))


def add_packument(world: World, text: str) -> None:
    document = complete(json.loads(text))
    world.http.answers[PUBLIC + escaped(document["name"])] = document
    for version, manifest in document["versions"].items():
        if "dist" not in manifest:
            declared = {key: value for key, value in manifest.items() if not key.startswith("_")}
            serve(world, document["name"], version, {"package.json": json.dumps(declared)})


def serve(world: World, name: str, version: str, files: dict[str, str]) -> None:
    """Make a release's tarball of these files, and say so in its packument."""
    document: Any = world.http.answers[PUBLIC + escaped(name)]
    made = tarball.build(files)
    url = f"{PUBLIC}{name}/-/{name.rpartition('/')[2]}-{version}.tgz"
    document["versions"][version]["dist"] = {"tarball": url, "integrity": made.integrity}
    world.http.answers[url] = made.data


def add_wanted(world: World, text: str) -> None:
    world.subjects.append(
        msgspec.convert({"registry": PUBLIC, "type": "unresolved", **json.loads(text)}, Unresolved)
    )


def add_downloads(world: World, text: str) -> None:
    for name, count in json.loads(text).items():
        world.http.answers[BULK_MONTH + name] = {"downloads": count, "package": name}


def add_popular(world: World, text: str) -> None:
    world.popularity = Popularity(json.loads(text))


def add_tarball(world: World, text: str) -> None:
    made = json.loads(text)
    files = {
        path: content if isinstance(content, str) else json.dumps(content)
        for path, content in made["files"].items()
    }
    if "release" in made:
        name, _, version = made["release"].rpartition("@")
        serve(world, name, version, files)
        return
    world.http.answers[made["url"]] = tarball.build(files, root=made.get("root", "package")).data


def add_keys(world: World, text: str) -> None:
    listed = json.loads(text)
    keys = [key for key in npm_keys() if key.keyid in listed.get("npm", ())]
    keys += [key_of(seed, keyid=listed.get("ids", {}).get(seed, "")) for seed in listed.get("seeds", ())]
    world.http.answers[f"{PUBLIC}-/npm/v1/keys"] = {"keys": [msgspec.to_builtins(key) for key in keys]}


def add_pins(world: World, text: str) -> None:
    world.context[Pins] = MemoryPins(pinned(PUBLIC, json.loads(text)["seeds"]))


def add_advisory(world: World, text: str) -> None:
    if text.strip() == "null":
        world.advisories.records = None
    else:
        world.advisories.records = (*(world.advisories.records or ()), decode(text.encode(), "osv.json"))


def add_attestations(world: World, text: str) -> None:
    for spec, wanted in json.loads(text).items():
        name, _, version = spec.rpartition("@")
        document: Any = world.http.answers[PUBLIC + escaped(name)]
        dist = document["versions"][version]["dist"]
        listed = [filed(name, version, dist["integrity"], dict(one)) for one in wanted]
        types = [one["predicateType"] for one in listed if one["predicateType"] in PROVENANCE]
        url = f"{PUBLIC}-/npm/v1/attestations/{escaped(name)}@{version}"
        dist["attestations"] = {"url": url, **({"provenance": {"predicateType": types[0]}} if types else {})}
        world.http.answers[url] = {"attestations": listed}


def add_options(world: World, text: str) -> None:
    world.options = json.loads(text)


HANDLERS: dict[str, Callable[[World, str], None]] = {
    "packument.json": add_packument,
    "yarn.lock": install_by_yarn,
    "package-lock.json": install_if_readable,
    "wanted.json": add_wanted,
    "downloads.json": add_downloads,
    "popular.json": add_popular,
    "tarball.json": add_tarball,
    "keys.json": add_keys,
    "pins.json": add_pins,
    "osv.json": add_advisory,
    "attestations.json": add_attestations,
    "domains.json": lambda world, text: domains(world.context[Resolver], world.http.answers, text),
    "forge.json": lambda world, text: forge(world.http.answers, text),
    "names.json": lambda world, text: names(world.context, world.http.answers, text),
    "options.json": add_options,
    "finding": lambda _world, _text: None,
}
"""What each block means. A check that needs another kind of document adds its own."""


def complete(packument: dict[str, Any]) -> dict[str, Any]:
    """A packument with the fields filled in that every real one has."""
    name, versions = packument["name"], packument.get("versions", {})
    parsed = [(sort_key(found), text) for text in versions if (found := parse_version(text, loose=True))]
    full = {
        version: {"name": name, "version": version, "_id": f"{name}@{version}", **document}
        for version, document in versions.items()
    }
    latest = {"latest": max(parsed)[1]} if parsed else {}
    return {**packument, "versions": full, "dist-tags": packument.get("dist-tags", latest)}


def lock_of(packument: dict[str, Any]) -> dict[str, Any]:
    """A lockfile with the packument's `latest` as the only dependency."""
    document = complete(packument)
    name, version = document["name"], document["dist-tags"]["latest"]
    sections = ("dependencies", "optionalDependencies", "peerDependencies", "bin")
    manifest = document["versions"].get(version, {})
    entry = {"version": version, **{key: manifest[key] for key in sections if key in manifest}}
    return {
        "lockfileVersion": 3,
        "packages": {"": {"dependencies": {name: f"^{version}"}}, f"node_modules/{name}": entry},
    }


def run(check: Check, example: Example) -> tuple[Outcome, ...]:
    """What the check says of every subject of the example."""
    world = World(example)
    facts = Facts(wire([check], discover.sources(), world.context), world.context)
    facts.fetch(world.subjects, one_by_one, NoProgress())
    options = {check.id: msgspec.convert(world.options, check.options)} if check.options else {}
    return run_checks([check], options, {}, facts, world.subjects)


def one_by_one(tasks: Sequence[Task]) -> None:
    for task in tasks:
        task()


def messages(outcomes: tuple[Outcome, ...]) -> list[str]:
    return [outcome.message for outcome in outcomes if isinstance(outcome, Finding)]
