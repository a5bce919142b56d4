"""A lockfile somebody else wrote: whatever it says of an entry, nothing unexamined runs."""

from collections.abc import Callable
from pathlib import Path

import pytest

from forecheck.lockfiles.pinning import is_sha1, is_strong
from tests.e2e.harness import Lab
from tests.fakes.registry import Registry
from tests.security.conftest import MARK, Trap

COMMANDS = ["ci", "install", "install other"]
SHA512 = "sha512-" + "A" * 86 + "=="


@pytest.mark.e2e
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("version", ["npm:bad@1.0.0", "{url}", "bad", "latest", "../bad"])
def test_a_version_that_names_something_else(
    lab: Lab, registry: Registry, trap: Trap, forge: Callable[..., Path], command: str, version: str
) -> None:
    honest = trap.entry()
    forged = {"version": version.format(url=honest["resolved"]), "integrity": honest["integrity"]}
    forge({"plain": "*"}, **{"node_modules/plain": {**forged, "hasInstallScript": True}})
    run = lab.run("npm", *command.split())
    assert not trap.sprung, run
    assert run.code in (1, 2, 6) or lab.installed()["plain"] == "1.0.0", run


@pytest.mark.e2e
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("integrity", ["sha999-x", "x", " ", "?", "SHA512-x", "sha512-", SHA512 + " sha1-x"])
def test_an_integrity_npm_does_not_hold_to(
    lab: Lab, registry: Registry, trap: Trap, forge: Callable[..., Path], command: str, integrity: str
) -> None:
    registry.publish("plain", "0.9.0", scripts={"postinstall": MARK})
    forged = trap.entry("plain", "0.9.0", version="1.0.0", integrity=integrity, hasInstallScript=True)
    forge({"plain": "*"}, **{"node_modules/plain": forged})
    run = lab.run("npm", *command.split())
    assert not trap.sprung, run
    assert lab.installed().get("plain", "1.0.0") == "1.0.0", run


@pytest.mark.e2e
def test_a_useless_integrity_is_replaced_by_the_registrys(
    lab: Lab, trap: Trap, forge: Callable[..., Path]
) -> None:
    path = forge({"plain": "*"}, **{"node_modules/plain": trap.entry("plain", integrity="sha999-x")})
    before = path.read_bytes()
    run = lab.run("npm", "ci")
    assert run.code == 0, run
    assert path.read_bytes() == before


@pytest.mark.e2e
@pytest.mark.parametrize("command", ["ci", "install"])
def test_the_tarball_of_a_version_under_another_that_was_never_published(
    lab: Lab, registry: Registry, trap: Trap, forge: Callable[..., Path], command: str
) -> None:
    forge({"bad": "*"}, **{"node_modules/bad": trap.entry(version="5.5.5", hasInstallScript=True)})
    run = lab.run("npm", command)
    assert not trap.sprung, run
    assert run.code == 1, run


@pytest.mark.parametrize(
    ("text", "strong", "sha1"),
    [
        (SHA512, True, False),
        ("sha256-" + "A" * 43 + "=", True, False),
        ("sha1-" + "A" * 27 + "=", False, True),
        ("sha1-AAAA", False, False),
        (SHA512 + "?opt", False, False),
        (f"{SHA512} {SHA512}", False, False),
        (SHA512.upper(), False, False),
        ("", False, False),
    ],
)
def test_what_ties_npm_to_one_archive(text: str, strong: bool, sha1: bool) -> None:
    assert (is_strong(text), is_sha1(text)) == (strong, sha1)
