"""Registry signatures from end to end: what pnpm says of the same registry, and what a person sees."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.e2e.harness import Lab
from tests.fakes import pnpm
from tests.fakes.faults import Fault
from tests.fakes.kinds import Kind
from tests.fakes.registry import Registry
from tests.fakes.signing import Signer
from tests.signing.real import FIXTURES, keys_document

pytestmark = pytest.mark.e2e

END = datetime(2024, 6, 1, tzinfo=UTC)
OLD = Signer(b"old")


def sign(registry: Registry, name: str, *signatures: dict[str, Any]) -> None:
    """Give `name@1.0.0` these signatures, whatever they are worth."""

    def edit(document: Any) -> None:
        document["versions"]["1.0.0"]["dist"]["signatures"] = list(signatures)

    registry.edit_packument(name, edit)


def signed_by(registry: Registry, package: str, signer: Signer, **fields: Any) -> dict[str, Any]:
    """A signature over `package@1.0.0`, or over the same with another name, version or integrity."""
    release = msgspec.structs.replace(registry.release(package, "1.0.0"), **fields)
    return signer.signature(release)


def stock(registry: Registry) -> list[str]:
    """One package for each kind of signature; gives their names."""
    current = Signer()
    registry.publish("valid", signed=True)
    other = registry.release("valid", "1.0.0").signatures[0]
    for name in ("unsigned", "swapped", "renamed", "other-version", "unknown-key", "unreadable"):
        registry.publish(name)
    registry.publish("one-of-two")
    registry.publish("in-time", time=datetime(2024, 5, 31, tzinfo=UTC))
    registry.publish("too-late", time=datetime(2024, 6, 2, tzinfo=UTC))
    sign(registry, "swapped", other)
    sign(registry, "renamed", signed_by(registry, "renamed", current, name="valid"))
    sign(registry, "other-version", signed_by(registry, "other-version", current, version="1.0.1"))
    sign(registry, "unknown-key", signed_by(registry, "unknown-key", Signer(b"stranger")))
    sign(registry, "unreadable", {"keyid": current.keyid, "sig": "bm8gc2lnbmF0dXJl"})
    good = signed_by(registry, "one-of-two", current)
    sign(registry, "one-of-two", good, {**good, "sig": other["sig"]})
    sign(registry, "in-time", signed_by(registry, "in-time", OLD))
    sign(registry, "too-late", signed_by(registry, "too-late", OLD))
    names = ["valid", "unsigned", "swapped", "renamed", "other-version", "unknown-key", "unreadable"]
    registry.set_keys(
        [current.document(), OLD.document(END.isoformat()), *json.loads(keys_document())["keys"]]
    )
    return [*names, "one-of-two", "in-time", "too-late"]


def real_packages(registry: Registry, folder: Path) -> dict[str, str]:
    """Every real version there is a time for, served again; alias → spec."""
    specs = {}
    recorded = json.loads((FIXTURES / "signatures" / "has-package-exports.json").read_bytes())
    for number, (name, document) in enumerate(recorded.items()):
        newest = list(document["versions"])[-1]
        path = folder / f"{number}.json"
        path.write_text(json.dumps({**document, "dist-tags": {"latest": newest}}))
        registry.load_packument(path)
        for version in document["versions"]:
            specs[f"real-{number}-{version}"] = f"npm:{name}@{version}"
    return specs


def verdict_of_pnpm(script: Path, lab: Lab) -> tuple[dict[str, str], int]:
    """`name@version` → missing or invalid, and how many signatures it verified."""

    def run(*arguments: str) -> str:
        home = lab.place / "pnpm-home"
        return pnpm.run_pnpm(script, arguments, cwd=lab.folder, registry=lab.registry.url, home=home).stdout

    run("install", "--lockfile-only")
    said = json.loads(run("audit", "signatures", "--json"))
    wrong = {f"{one['name']}@{one['version']}": kind for kind in ("missing", "invalid") for one in said[kind]}
    return wrong, said["verified"]


def verdict_of_forecheck(lab: Lab) -> tuple[dict[str, str], int]:
    """The same, from `registry-signature`."""
    wrong, valid = {}, 0
    for outcome in outcomes(lab, "registry-signature"):
        subject = outcome["subject"]
        assert outcome["status"] in ("passed", "finding"), outcome
        valid += outcome["status"] == "passed"
        if outcome["status"] == "finding":
            kind = "missing" if outcome["key"] == "missing" else "invalid"
            wrong[f"{subject['name']}@{subject['version']}"] = kind
            assert outcome["decision"] == "block"
    return wrong, valid


def outcomes(lab: Lab, check: str) -> list[Any]:
    run = lab.run("audit", "--format", "json")
    assert run.out, run
    return [outcome for outcome in json.loads(run.out)["outcomes"] if outcome["check"] == check]


def test_pnpm_agrees(lab: Lab, pnpm_script: Path) -> None:
    names = stock(lab.registry)
    real = real_packages(lab.registry, lab.place)
    lab.project(dependencies={**dict.fromkeys(names, "1.0.0"), **real})
    theirs, verified = verdict_of_pnpm(pnpm_script, lab)
    ours, valid = verdict_of_forecheck(lab)
    # npm wants every signature to hold, pnpm any: there forecheck goes with npm
    assert ours.pop("one-of-two@1.0.0") == "invalid"
    assert ours == theirs
    assert valid == verified - 1 == len(real) + 2
    assert len(theirs) == 7


def test_a_registry_without_keys_changes_nothing_and_is_asked_once(lab: Lab) -> None:
    names = [f"package-{number}" for number in range(12)]
    lab.registry.set_downloads(dict.fromkeys(names, 5_000_000))
    for name in names:
        lab.registry.publish(name, manifest={"license": "MIT"})
    lab.registry.reduced()
    lab.project(dependencies=dict.fromkeys(names, "1.0.0"))
    run = lab.run("--verbose", "audit")
    assert run.code == 0, run
    host = lab.registry.url.removeprefix("http://").rstrip("/")
    assert run.out.count(f"{host} signs nothing") == 1, run.out
    assert f"{host} signs nothing (all 12 packages)" in run.out
    assert len(lab.registry.asked(kind=Kind.KEYS)) == 1
    assert lab.run("audit").code == 0
    assert len(lab.registry.asked(kind=Kind.KEYS)) == 1, "the answer is remembered for a while"
    assert not (lab.home / ".local").exists(), "nothing to remember"


def signing(lab: Lab) -> None:
    """A project of one signed package, audited once."""
    lab.registry.publish("signed", manifest={"license": "MIT"}, signed=True)
    lab.registry.set_downloads({"signed": 5_000_000})
    lab.project(dependencies={"signed": "1.0.0"})
    run = lab.run("audit")
    assert run.code == 0, run
    assert "its 1 key will be remembered" in " ".join((run.out + run.err).split())
    fresh(lab)


def fresh(lab: Lab) -> None:
    """Have the next run ask the registry again."""
    lab.environment["FORECHECK_CACHE"] = str(lab.place / f"cache-{len(lab.registry.requests)}")


@pytest.mark.parametrize(
    "fault",
    [
        Fault.status(500),
        Fault.status(403),
        Fault.html(),
        Fault.body(b"<html>please log in</html>"),
        Fault.body(b'{"keys": [' + b" " * 300_000 + b"]}"),
    ],
    ids=["500", "403", "web page", "web page as JSON", "300 kB"],
)
def test_what_is_remembered_counts_where_the_list_cannot_be_had(lab: Lab, fault: Fault) -> None:
    signing(lab)
    lab.registry.fail(None, fault, kind=Kind.KEYS)
    assert [one["status"] for one in outcomes(lab, "registry-signature")] == ["passed"]
    assert [one["status"] for one in outcomes(lab, "registry-keys-changed")] == ["passed"]
    fresh(lab)
    lab.run("keys", lab.registry.url, "--forget")
    assert [one["status"] for one in outcomes(lab, "registry-signature")] == ["skipped"]


def test_a_new_key_is_told_and_proves_nothing_until_it_is_accepted(lab: Lab) -> None:
    signing(lab)
    new = Signer(b"next")
    lab.registry.set_keys([Signer().document(), new.document()])
    sign(lab.registry, "signed", signed_by(lab.registry, "signed", new))
    run = lab.run("audit")
    said = " ".join(run.out.split())
    assert f"lists a key that it did not have before: {new.keyid}" in said
    assert [one["status"] for one in outcomes(lab, "registry-signature")] == ["skipped"]
    accepted = lab.run("keys", lab.registry.url, "--accept", new.keyid)
    assert accepted.code == 0, accepted
    assert lab.run("audit").code == 0
    assert [one["status"] for one in outcomes(lab, "registry-signature")] == ["passed"]


def test_another_key_under_a_known_id_blocks(lab: Lab) -> None:
    signing(lab)
    mallory = Signer(b"mallory")
    lab.registry.set_keys([{**mallory.document(), "keyid": Signer().keyid}])
    forged = {**signed_by(lab.registry, "signed", mallory), "keyid": Signer().keyid}
    sign(lab.registry, "signed", forged)
    run = lab.run("audit")
    assert run.code == 1, run
    for check in ("registry-signature", "registry-keys-changed"):
        assert [one["severity"] for one in outcomes(lab, check)] == ["critical"]


def test_a_registry_that_stops_signing_blocks(lab: Lab) -> None:
    signing(lab)
    sign(lab.registry, "signed")
    lab.registry.fail(None, Fault.status(404), kind=Kind.KEYS)
    assert lab.run("audit").code == 1
    for check in ("registry-signature", "registry-keys-changed"):
        assert [one["severity"] for one in outcomes(lab, check)] == ["high"]


def test_damaged_memory_is_a_message_and_no_pass(lab: Lab) -> None:
    signing(lab)
    (path,) = (lab.home / ".local" / "state" / "forecheck" / "registry-keys").iterdir()
    path.write_text("{")
    (outcome,) = outcomes(lab, "registry-signature")
    assert outcome["status"] == "skipped"
    assert str(path) in outcome["reason"]
    assert path.read_text() == "{"
    assert str(path) in lab.run("keys").err
