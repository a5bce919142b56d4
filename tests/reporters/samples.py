"""Reports of every kind, for golden files and for looking at."""

from datetime import date
from typing import Any

import msgspec

from forecheck.check import Unknown
from forecheck.lockfiles.compare import ChangeKind, Changes, LockChange
from forecheck.model import (
    Change,
    Crashed,
    Entry,
    EntryKind,
    Fix,
    FromGit,
    FromTarball,
    Location,
    LockedFile,
    Missing,
    Outcome,
    Service,
    Severity,
    Step,
    UnavailableKind,
    Unresolved,
)
from forecheck.report import ComparedLockfile, Ignore, Report
from tests.reporters.building import (
    INTEGRITY,
    NPM,
    bystanders,
    config,
    finding,
    passed,
    release,
    report,
    skipped,
    step,
)


def clean() -> Report:
    quiet = bystanders(66)
    return report(passed(quiet), map(step, quiet), command="npm install express")


def clean_with_notes() -> Report:
    quiet = bystanders(66)
    local = release("tools", "1.0.0", FromGit("git+ssh://git@github.com/acme/tools.git", "c0ffee" * 7))
    outcomes = [
        *passed(quiet),
        finding("no-provenance", quiet[3], "nothing ties it to a repository", Severity.LOW),
        finding("install-script", quiet[4], 'postinstall runs "node-gyp rebuild"'),
        skipped(
            "fresh-release",
            local,
            UnavailableKind.UNSUPPORTED,
            "it does not come from a registry but from a git repository",
        ),
        skipped(
            "new-package",
            local,
            UnavailableKind.UNSUPPORTED,
            "it does not come from a registry but from a git repository",
        ),
    ]
    accepted = Ignore(
        "install-script", "quiet-4", "read on 2026-10-02, builds its own binding", date(2027, 1, 31)
    )
    return report(outcomes, [*map(step, quiet), step(local)], by=config((accepted,)), command="npm ci")


def warn() -> Report:
    utils, colour = release("leftpad-utils", "1.0.3"), release("tiny-color", "3.1.0")
    quiet = bystanders(12)
    outcomes = [
        *passed(quiet),
        finding("new-package", utils, "first published 4 days ago by one person with no other packages"),
        finding(
            "install-script",
            utils,
            'postinstall runs "node setup.js", which fetches a file from files.example.net',
            Severity.MEDIUM,
            fix=Fix("leave install scripts out", "npm install --ignore-scripts"),
            at=Location("package.json", 12),
        ),
        finding(
            "fresh-release",
            colour,
            "published 5 hours ago; 3.0.9 (8 months old) satisfies the same range",
            fix=Fix("take the older one", "npm install tiny-color@3.0.9"),
        ),
        finding("no-provenance", quiet[0], "nothing ties it to a repository", Severity.LOW),
        skipped(
            "no-provenance",
            colour,
            UnavailableKind.UNSUPPORTED,
            "registry.npmjs.org attests nothing",
            "Provenance",
        ),
    ]
    steps = [
        step(utils),
        step(colour, "express@5.1.0", "chalk-pipe@1.4.0"),
        step(
            colour, "debug@4.4.1", "chalk-pipe@1.4.0", location="node_modules/debug/node_modules/tiny-color"
        ),
        *map(step, quiet),
    ]
    return report(outcomes, steps, command="npm install leftpad-utils")


def block(command: str = "npm install lodahs") -> Report:
    fake = release("lodahs", "1.0.1")
    deep = release("@acme-internal/telemetry-collector-for-browsers", "12.0.0-beta.3+build.77")
    quiet = bystanders(210)
    trail = tuple(f"@acme-internal/layer-{number}@{number}.0.0" for number in range(1, 9))
    outcomes = [
        *passed(quiet),
        finding(
            "known-malware",
            fake,
            "MAL-2025-0000: steals npm and cloud tokens (OSV, data of today)",
            Severity.CRITICAL,
        ),
        finding(
            "typosquat",
            fake,
            "one swap away from lodash (70 million downloads a week; this: 31)",
            Severity.HIGH,
            fix=Fix("did you mean lodash?", "forecheck npm install lodash"),
        ),
        finding("fresh-release", fake, "published 5 hours ago"),
        finding(
            "fresh-release", deep, "published 50 minutes ago, and 2 other versions of it in the same hour"
        ),
    ]
    return report(outcomes, [step(fake), step(deep, *trail), *map(step, quiet)], command=command)


def unknown_only(meaning: Unknown | None = None) -> Report:
    quiet = bystanders(212)
    slow = quiet[:3]
    outcomes: list[Outcome] = [*passed(quiet)]
    outcomes += [
        skipped(check, one, UnavailableKind.TIMEOUT, "registry.npmjs.org stopped answering")
        for one in slow
        for check in ("fresh-release", "new-package")
    ]
    outcomes.append(
        skipped("known-malware", quiet[9], UnavailableKind.MALFORMED, "the database is cut off", "Advisories")
    )
    for number, one in enumerate(quiet[20:24]):
        reason = f"tarball {number} is larger than 100 MB"
        outcomes.append(skipped("install-script", one, UnavailableKind.TOO_LARGE, reason, "RegistryManifest"))
    outcomes += [
        skipped(
            "no-provenance",
            one,
            UnavailableKind.UNSUPPORTED,
            "registry.corp.example attests nothing",
            "Provenance",
        )
        for one in quiet
    ]
    return report(outcomes, map(step, quiet), by=config(unknown=meaning))


def offline() -> Report:
    quiet = bystanders(14)
    reason = "registry.npmjs.org was not asked: this run is offline"
    outcomes = [skipped("fresh-release", one, UnavailableKind.OFFLINE, reason) for one in quiet]
    return report(
        [*passed(quiet), *outcomes], map(step, quiet), command="audit .", offline=True, elapsed=0.31
    )


def nothing_examined() -> Report:
    gone = step(release("left-pad"), change=Change.REMOVED)
    return report((), [gone], command="npm uninstall left-pad", elapsed=0.4)


def unresolved() -> Report:
    lost = Unresolved("reactt-hooks-form", "^2.0.0", NPM.url, Missing.PACKAGE)
    old = Unresolved("express", "99", NPM.url, Missing.VERSION)
    message = "nobody has published it; whoever does first runs code on your machine"
    outcomes = [
        finding(
            "nonexistent-package",
            lost,
            message,
            Severity.HIGH,
            fix=Fix("did you mean react-hook-form?", "forecheck npm install react-hook-form"),
        )
    ]
    return report(outcomes, unresolved=(lost, old), command="npm install reactt-hooks-form@^2.0.0 express@99")


def many() -> Report:
    fresh = [release(f"package-{number:02}", f"1.{number}.0") for number in range(34)]
    worst = [release(f"worm-{number}") for number in range(2)]
    outcomes: list[Outcome] = [
        finding("fresh-release", one, f"published {at + 1} hours ago") for at, one in enumerate(fresh)
    ]
    outcomes += [
        finding("install-script", one, f'install runs "step-{at}"') for one in fresh[:1] for at in range(12)
    ]
    outcomes += [finding("known-malware", one, "MAL-2026-0001", Severity.CRITICAL) for one in worst]
    steps = [step(one, "webpack@5.99.0") for one in fresh] + [step(one) for one in worst]
    return report(outcomes, steps, command="audit .")


def crashed() -> Report:
    quiet = bystanders(3)
    detail = (
        "Traceback (most recent call last):\n"
        '  File "forecheck/engine.py", line 170, in _run\n'
        "    hits = list(check.run(subject, **evidence))\n"
        "ZeroDivisionError: division by zero\n"
    )
    outcomes: list[Outcome] = [Crashed("typosquat", one, detail) for one in quiet]
    return report(outcomes, map(step, quiet), command="check quiet-0")


def installed() -> Report:
    quiet = bystanders(5)
    outcomes: list[Outcome] = [finding("fresh-release", one, "published 2 hours ago") for one in quiet[:2]]
    steps = [step(one, change=Change.KEPT, on_disk=True) for one in quiet[:4]] + [step(quiet[4])]
    return report([*passed(quiet), *outcomes], steps, command="npm install quiet-4")


def notices() -> Report:
    quiet = bystanders(8)
    ignores = (
        Ignore("typosquat", "lodahs@1", "known since the merger", date(2026, 6, 30), "forecheck.toml:12"),
        Ignore("fresh-release", "*", "first rollout", date(2027, 1, 1), "forecheck.toml:18"),
    )
    said = (
        "forecheck.toml of this repository is not trusted: what it loosens is not followed (forecheck trust)",
        "NPM_TOKEN in .npmrc is not set",
    )
    return report(passed(quiet), map(step, quiet), by=config(ignores), notices=said, command="audit")


def warn_and_missing() -> Report:
    colour = release("tiny-color", "3.1.0")
    quiet = bystanders(3)
    outcomes: list[Outcome] = [
        *passed(quiet[1:]),
        finding("fresh-release", colour, "published 5 hours ago"),
        skipped(
            "known-malware",
            quiet[0],
            UnavailableKind.REFUSED,
            "registry.npmjs.org refused access (403); npm login may help",
        ),
    ]
    return report(outcomes, map(step, [colour, *quiet]), command="check tiny-color")


def stale() -> Report:
    quiet = bystanders(68)
    said = "the newest record is 19 days old, and the limit is 7 days"
    fix = Fix("bring it up to date", "forecheck db update")
    old = finding("stale-advisories", Service("advisories"), said, fix=fix)
    return report([*passed(quiet), old], map(step, quiet), command="npm install express")


def entry(name: str, version: str, **fields: Any) -> Entry:
    one = {"location": f"node_modules/{name}", "installed_as": name, "integrity": INTEGRITY, **fields}
    return Entry(kind=EntryKind.PACKAGE, release=release(name, version, one.pop("origin", NPM)), **one)


def lockfile_diff() -> Report:
    """What a poisoned pull request would look like, and a small one below it."""
    evil = FromTarball("https://cdn.example/ms-2.1.3.tgz")
    changed: list[LockChange] = [
        LockChange(
            ChangeKind.INTEGRITY, entry("debug", "4.4.1"), entry("debug", "4.4.1", integrity="sha512-x")
        ),
        LockChange(ChangeKind.SOURCE, entry("ms", "2.1.3"), entry("ms", "2.1.3", origin=evil)),
        LockChange(ChangeKind.REPINNED, entry("old", "1.0.0"), entry("old", "1.0.0", integrity="")),
        LockChange(ChangeKind.DOWNGRADED, entry("semver", "7.7.2"), entry("semver", "5.7.1")),
        *(
            LockChange(ChangeKind.UPGRADED, entry(f"part-{i:02}", "1.0.0"), entry(f"part-{i:02}", "1.0.1"))
            for i in range(50)
        ),
        LockChange(ChangeKind.ADDED, None, entry("event-tools", "1.0.0"), True, new_name=True),
        LockChange(
            ChangeKind.ADDED, None, entry("real", "2.0.0", installed_as="alias"), False, new_name=True
        ),
        LockChange(ChangeKind.REMOVED, entry("left-pad", "1.3.0"), None),
    ]
    arrived = [one.after for one in changed if one.after is not None]
    paths: dict[str, tuple[str, ...]] = {one.location: (one.release.spec,) for one in arrived}
    paths["node_modules/event-tools"] = ("express@5.1.0", "debug@4.4.1", "event-tools@1.0.0")
    lock, small = LockedFile("package-lock.json", "npm"), LockedFile("docs/yarn.lock", "yarn-classic")
    grave, alone = changed[0].entry.release, "no manifest changed, and event-tools and real are new"
    outcomes: list[Outcome] = [
        finding("changed-integrity", grave, "sha512-v2kDEe57lecT…V1xsw== became sha512-x", Severity.CRITICAL),
        finding("lockfile-only-change", lock, alone),
        *passed(one.release for one in arrived[1:]),
    ]
    steps = [Step(Change.ADDED, one, paths[one.location]) for one in arrived]
    made = report(outcomes, steps, command="lockfile diff origin/main HEAD")
    few = (LockChange(ChangeKind.REMOVED, entry("left-pad", "1.3.0"), None),)
    return msgspec.structs.replace(
        made,
        compared=(
            ComparedLockfile(lock, "origin/main", "HEAD", Changes(tuple(changed), 312), paths),
            ComparedLockfile(small, "origin/main:docs/package-lock.json", "HEAD", Changes(few, 3), {}),
        ),
    )


SAMPLES = {
    "clean": clean,
    "clean-with-notes": clean_with_notes,
    "warn": warn,
    "warn-and-missing": warn_and_missing,
    "block": block,
    "block-check": lambda: block("check lodahs"),
    "unknown-only": unknown_only,
    "unknown-blocks": lambda: unknown_only(Unknown.BLOCK),
    "offline": offline,
    "nothing-examined": nothing_examined,
    "unresolved": unresolved,
    "many": many,
    "crashed": crashed,
    "installed": installed,
    "notices": notices,
    "stale": stale,
    "lockfile-diff": lockfile_diff,
}
