"""Whether the registry agrees with a lockfile, for every kind of disagreement and every format."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import Lab
from tests.e2e.test_reports import check_report
from tests.fakes import pnpm
from tests.fakes.locks import npm_entry, npm_lock, write_npm_lock
from tests.fakes.npm import run_npm
from tests.fakes.registry import Fault, Kind, Registry
from tests.fakes.signing import Signer

pytestmark = pytest.mark.e2e

OTHER = f"sha512-{'A' * 86}=="
LOCKFILES = Path(__file__).parents[1] / "fixtures" / "lockfiles" / "same-project"


def verify(lab: Lab, *words: str, code: int = 1) -> Any:
    """The JSON report of a run that must end with this code."""
    run = lab.run("lockfile", "verify", "--format", "json", *words)
    assert run.code == code, run
    return check_report(run.out)


def findings(report: Any) -> list[tuple[str, str, str]]:
    """Check, severity and package of everything that fails the run."""
    return [
        (one["check"], one["severity"], one["subject"]["name"])
        for one in report["outcomes"]
        if one["status"] == "finding" and one["decision"] != "allow"
    ]


def skipped(report: Any) -> set[tuple[str, str]]:
    return {
        (one["check"], one["kind"])
        for one in report["outcomes"]
        if one["status"] == "skipped" and one["decision"] != "allow"
    }


def test_what_the_registry_agrees_with(lab: Lab, registry: Registry) -> None:
    write_npm_lock(lab.folder, registry, "plain", "other")
    run = lab.run("lockfile", "verify")
    assert run.code == 0, run
    assert "2 packages examined, nothing against them" in run.out
    assert registry.asked(kind=Kind.TARBALL) == [], "documents are enough"
    assert not any(one.kind in (Kind.DOWNLOADS, Kind.ADVISORIES) for one in registry.requests)


def test_a_version_that_is_not_there(lab: Lab, registry: Registry) -> None:
    write_npm_lock(lab.folder, registry, "plain", "other")
    registry.publish("other", "1.0.1")
    registry.unpublish("other", "1.0.0")
    assert findings(verify(lab)) == [("removed-version", "high", "other")]
    never = {"version": "9.9.9", "resolved": None}
    write_npm_lock(lab.folder, registry, "plain", plain=never)
    assert findings(verify(lab)) == [("removed-version", "medium", "plain")]


def test_a_package_that_is_not_there(lab: Lab, registry: Registry) -> None:
    entry = npm_entry(registry, "plain")
    gone = {**entry, "resolved": entry["resolved"].replace("plain", "nosuch")}
    (lab.folder / "package-lock.json").write_text(npm_lock({"plain": entry, "nosuch": gone}, {}))
    report = verify(lab, code=3)
    assert ("integrity-mismatch", "not-found") in skipped(report)


def test_everything_unpublished(lab: Lab, registry: Registry) -> None:
    write_npm_lock(lab.folder, registry, "plain", "other")
    registry.unpublish("other")
    assert ("removed-version", "high", "other") in findings(verify(lab))


@pytest.mark.parametrize("integrity", [OTHER, "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="])
def test_other_bytes(lab: Lab, registry: Registry, integrity: str) -> None:
    write_npm_lock(lab.folder, registry, "plain", "other", other={"integrity": integrity})
    assert ("integrity-mismatch", "critical", "other") in findings(verify(lab))


def test_a_second_hash_beside_the_right_one(lab: Lab, registry: Registry) -> None:
    both = f"{registry.release('other', '1.0.0').integrity} {OTHER}"
    write_npm_lock(lab.folder, registry, "plain", "other", other={"integrity": both})
    assert ("integrity-mismatch", "critical", "other") in findings(verify(lab))


def test_no_hash(lab: Lab, registry: Registry) -> None:
    write_npm_lock(lab.folder, registry, "plain", "other", other={"integrity": None})
    assert findings(verify(lab)) == [("unpinned", "medium", "other")]


def test_a_tarball_from_elsewhere(lab: Lab, registry: Registry) -> None:
    with Registry() as elsewhere:
        elsewhere.publish("other", "1.0.0")
        url = elsewhere.tarball_url("other", "1.0.0")
        write_npm_lock(lab.folder, registry, "plain", "other", other={"resolved": url})
        said = findings(verify(lab))
    assert ("non-registry-dependency", "high", "other") in said


def test_another_file_of_the_registry(lab: Lab, registry: Registry) -> None:
    url = registry.tarball_url("other", "1.0.0").replace("1.0.0.tgz", "hidden.tgz")
    write_npm_lock(lab.folder, registry, "plain", "other", other={"resolved": url})
    assert findings(verify(lab)) == [("other-tarball", "medium", "other")]
    write_npm_lock(lab.folder, registry, "plain", "other", other={"resolved": url, "integrity": None})
    assert ("other-tarball", "high", "other") in findings(verify(lab))


def test_a_release_that_is_too_fresh(lab: Lab, registry: Registry) -> None:
    registry.publish("fresh", "1.0.0", time=datetime(2024, 1, 1, tzinfo=UTC))
    registry.publish("fresh", "1.0.1", time=datetime.now(UTC) - timedelta(hours=5))
    write_npm_lock(lab.folder, registry, "plain", "fresh@1.0.1")
    assert findings(verify(lab)) == [("fresh-release", "medium", "fresh")]
    run = lab.run("lockfile", "verify")
    assert "published 5 hours ago" in run.out
    lab.settings('[checks.fresh-release]\nmin-age = "3h"\n')
    verify(lab, code=0)


def signed(registry: Registry, *names: str) -> None:
    registry.set_keys([Signer().document()])
    for name in names:
        registry.publish(name, "1.0.0", signed=True)


def test_signatures(lab: Lab, registry: Registry) -> None:
    signed(registry, "one", "two", "three")

    def edit(signatures: list[Any]) -> Any:
        def change(document: Any) -> None:
            document["versions"]["1.0.0"]["dist"]["signatures"] = signatures

        return change

    write_npm_lock(lab.folder, registry, "one", "two", "three")
    verify(lab, code=0)
    registry.edit_packument("two", edit([]))
    registry.edit_packument("three", edit([Signer().signature(registry.release("one", "1.0.0"))]))
    lab.environment["FORECHECK_CACHE"] = str(lab.place / "another-cache")
    said = findings(verify(lab))
    assert {one[2] for one in said if one[0] == "registry-signature"} == {"two", "three"}


def test_the_registry_is_down(lab: Lab, registry: Registry) -> None:
    write_npm_lock(lab.folder, registry, "plain", "other")
    registry.fail(None, Fault.close())
    run = lab.run("lockfile", "verify")
    assert run.code == 6, run
    assert run.says("no package could be looked up")


@pytest.mark.parametrize(
    "fault", [Fault.status(503), Fault.status(403), Fault.html(), Fault.malformed_json()]
)
def test_a_document_that_cannot_be_had(lab: Lab, registry: Registry, fault: Fault) -> None:
    write_npm_lock(lab.folder, registry, "plain", "other")
    registry.fail("other", fault, kind=Kind.PACKUMENT)
    report = verify(lab, code=3)
    assert findings(report) == []
    assert {check for check, _ in skipped(report)} >= {
        "integrity-mismatch",
        "removed-version",
        "fresh-release",
    }


def test_a_finding_beside_missing_facts_is_the_code(lab: Lab, registry: Registry) -> None:
    write_npm_lock(lab.folder, registry, "plain", "other", plain={"integrity": OTHER})
    registry.fail("other", Fault.status(503), kind=Kind.PACKUMENT)
    verify(lab, code=1)


def test_offline(lab: Lab, registry: Registry) -> None:
    write_npm_lock(lab.folder, registry, "plain", "other")
    verify(lab, code=0)
    registry.forget_requests()
    verify(lab, "--offline", code=0)
    lab.environment["FORECHECK_CACHE"] = str(lab.place / "empty")
    run = lab.run("lockfile", "verify", "--offline")
    assert run.code == 3, run
    assert registry.requests == []


def test_a_private_registry(lab: Lab, tmp_path: Path) -> None:
    with Registry(prefix="/npm/", token="s3cret") as private:
        private.publish("@corp/tool", "1.0.0")
        write_npm_lock(lab.folder, private, "@corp/tool")
        route = {"@corp:registry": private.url}
        lab.npmrc(**route)
        run = lab.run("lockfile", "verify")
        assert run.code in (3, 6), run
        lab.npmrc(**route, **{f"//{private.url.removeprefix('http://')}:_authToken": "s3cret"})
        run = lab.run("lockfile", "verify")
        assert run.code == 0, run
        assert "s3cret" not in run.out + run.err
    assert not lab.registry.mentions("s3cret")
    assert not lab.registry.mentions("@corp")


# -- every format


def served(lab: Lab, lockfile: Path) -> list[tuple[str, str]]:
    """Have the registry serve everything that a real lockfile takes from the public one, with the lockfile's own
    integrity and dependencies; gives the versions that have one."""
    from forecheck.discover import formats
    from forecheck.lockfiles.format import format_of
    from forecheck.model import EdgeKind, FromRegistry

    data = lockfile.read_bytes()
    format_ = format_of(formats(), lockfile.name, data)
    assert format_ is not None
    read = format_.read(data, lockfile.name, lambda _: lab.registry.url)
    hosts = ("https://registry.npmjs.org/", "https://registry.yarnpkg.com/", lab.registry.url)
    pins: dict[tuple[str, str], str] = {}
    depends: dict[tuple[str, str], dict[EdgeKind, dict[str, str]]] = {}
    for entry in read.entries:
        release = entry.release
        if isinstance(release.origin, FromRegistry) and release.origin.url in hosts and release.version:
            pins[release.name, release.version] = entry.integrity
            sections = depends.setdefault((release.name, release.version), {kind: {} for kind in EdgeKind})
            for edge in entry.edges:
                sections[edge.kind][edge.name] = edge.wanted
    for (name, version), integrity in pins.items():
        lab.registry.publish(
            name,
            version,
            manifest={kind.value: names for kind, names in depends[name, version].items() if names},
        )
        if integrity:
            lab.registry.edit_packument(name, _with_integrity(version, integrity))
    return [one for one, integrity in pins.items() if integrity.startswith("sha512-")]


def _with_integrity(version: str, integrity: str) -> Any:
    def edit(document: Any) -> None:
        dist = document["versions"][version]["dist"]
        dist["integrity"] = integrity
        dist["shasum"] = ""

    return edit


REAL = sorted(
    str(path.relative_to(LOCKFILES))
    for path in LOCKFILES.glob("*/*")
    if path.name not in ("package.json", "deno.json")
)


@pytest.mark.parametrize("name", REAL)
def test_every_format(lab: Lab, name: str) -> None:
    """Nothing against what the registry agrees with, and a finding once one hash is another one."""
    lockfile = lab.folder / re.sub(r"\.v\d", "", Path(name).name)
    data = (LOCKFILES / name).read_bytes()
    if lockfile.name != "bun.lockb":
        url = lab.registry.url.encode()
        data = re.sub(rb"https?://registry\.(npmjs\.org|yarnpkg\.com)/", url, data)
    lockfile.write_bytes(data)
    pinned = served(lab, lockfile)
    report = check_report(lab.run("lockfile", "verify", "--format", "json").out)
    told = {one[0] for one in findings(report)}
    assert told <= {"non-registry-dependency", "unpinned"}, findings(report)
    examined = [one for one in report["outcomes"] if one["check"] == "removed-version"]  # type: ignore[attr-defined]
    assert {one["status"] for one in examined} <= {"passed", "skipped"}
    assert any(one["status"] == "passed" for one in examined)
    if pinned:
        lab.environment["FORECHECK_CACHE"] = str(lab.place / "another-cache")
        package, version = pinned[-1]
        lab.registry.edit_packument(package, _with_integrity(version, OTHER))
        assert ("integrity-mismatch", "critical", package) in findings(verify(lab))
    else:
        assert name.startswith("berry"), "yarn berry's hashes are of its own archives"


def test_berry_has_only_checksums_of_its_own(lab: Lab) -> None:
    lockfile = lab.folder / "yarn.lock"
    lockfile.write_bytes((LOCKFILES / "berry4" / "yarn.lock").read_bytes())
    served(lab, lockfile)
    run = lab.run("lockfile", "verify", "--verbose")
    said = " ".join(run.out.split())
    assert said.count("whose hash no registry knows") == 1, run.out


def test_of_the_npm_that_is_installed(lab: Lab, registry: Registry) -> None:
    lab.project(dependencies={"plain": "^1.0.0", "again": "npm:other@^1.0.0"})
    done = run_npm(["install", "--package-lock-only"], cwd=lab.folder, registry=registry.url, home=lab.home)
    assert done.returncode == 0, done
    verify(lab, code=0)


def test_of_the_pnpm_that_is_installed(lab: Lab, registry: Registry, pnpm_script: Path) -> None:
    lab.project(dependencies={"plain": "^1.0.0", "again": "npm:other@^1.0.0"})
    home = lab.place / "pnpm-home"
    pnpm.run_pnpm(
        pnpm_script, ["install", "--lockfile-only"], cwd=lab.folder, registry=registry.url, home=home
    )
    verify(lab, code=0)
    lock = lab.folder / "pnpm-lock.yaml"
    lock.write_text(lock.read_text().replace(registry.release("other", "1.0.0").integrity, OTHER))
    assert findings(verify(lab)) == [("integrity-mismatch", "critical", "other")]


# -- which lockfiles


def test_several_lockfiles_make_one_report(lab: Lab, registry: Registry) -> None:
    write_npm_lock(lab.folder, registry, "plain")
    entry = f'other@^1.0.0:\n  version "1.0.0"\n  resolved "{registry.tarball_url("other", "1.0.0")}"\n'
    (lab.folder / "yarn.lock").write_text(f"# yarn lockfile v1\n\n\n{entry}  integrity {OTHER}\n")
    report = verify(lab)
    assert findings(report) == [("integrity-mismatch", "critical", "other")]
    assert {one["name"] for one in report["plan"]["packages"]} == {"plain", "other"}
    inner = lab.folder / "apps" / "web"
    inner.mkdir(parents=True)
    write_npm_lock(inner, registry, "plain", "other", plain={"integrity": None})
    assert verify(lab, "package-lock.json", code=0)
    assert [one[0] for one in findings(verify(lab, "apps"))] == ["unpinned"]
    assert {one[0] for one in findings(verify(lab, "**/*lock*"))} == {"unpinned", "integrity-mismatch"}
    sarif = json.loads(lab.run("lockfile", "verify", "--format", "sarif", "apps", "yarn.lock").out)
    places = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in sarif["runs"][0]["results"]
    }
    assert places == {"apps/web/package-lock.json", "yarn.lock"}


def test_each_folder_has_its_own_settings(lab: Lab, registry: Registry) -> None:
    with Registry() as private:
        private.publish("tool", "1.0.0")
        inner = lab.project(lab.folder / "inner")
        (inner / ".npmrc").write_text(f"registry={private.url}\n")
        write_npm_lock(inner, private, "tool")
        write_npm_lock(lab.folder, registry, "plain")
        verify(lab, ".", code=0)
        assert private.asked("tool")
        assert not registry.asked("tool")


def test_nothing_to_verify(lab: Lab) -> None:
    run = lab.run("lockfile", "verify")
    assert run.code == 4, run
    run = lab.run("lockfile", "verify", "nosuch.lock")
    assert run.code == 4, run
    (lab.folder / "package-lock.json").write_text("{")
    run = lab.run("lockfile", "verify")
    assert run.code == 2, run
    assert run.says("package-lock.json cannot be read")
    (lab.folder / "package-lock.json").write_text(npm_lock({}, {}))
    assert lab.run("lockfile", "verify").code == 4
