"""`forecheck keys` shows what is remembered, and changes only what was named."""

from pathlib import Path

import pytest

from forecheck.adapters.pins import PinFolder
from forecheck.adapters.settings import places
from forecheck.cli import keys
from forecheck.cli.refusal import UsageRefused
from forecheck.report import Exit
from forecheck.signing.pinned import Pinned
from tests.cli.commands import Desk
from tests.fakes.pins import key_of, pinned
from tests.fakes.registry import Registry
from tests.fakes.signing import Signer

A, B, C = (Signer(seed) for seed in (b"a", b"b", b"c"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, keys.add_parser)


def folder(desk: Desk) -> PinFolder:
    return PinFolder(places(desk.env, str(desk.project)).registry_keys)


def remembered(desk: Desk, registry: Registry) -> Pinned:
    found = folder(desk).of(registry.url)
    assert found is not None
    return found


def test_nothing_is_remembered_at_first(desk: Desk) -> None:
    assert desk.run("keys") == Exit.ALLOW
    assert "no registry has been seen to sign" in desk.says
    assert folder(desk).folder in desk.says


def test_lists_what_is_remembered(desk: Desk) -> None:
    folder(desk).first(pinned("https://npm.example.com/", ["a"], [B.keyid]))
    assert desk.run("keys") == Exit.ALLOW
    assert "https://npm.example.com/  since 2026-01-01" in desk.says
    assert A.keyid in desk.says
    assert f"{B.keyid}  withdrawn" in desk.says


def test_compares_with_what_the_registry_lists_now(desk: Desk, registry: Registry) -> None:
    folder(desk).first(pinned(registry.url, ["a", "b"]))
    registry.set_keys([B.document(), C.document()])
    assert desk.run("keys", registry.url.rstrip("/")) == Exit.ALLOW
    lines = desk.says.splitlines()
    assert lines == [
        f"trusted  {A.keyid}  removed",
        f"trusted  {B.keyid}  listed",
        f"new      {C.keyid}  added: not trusted",
    ]
    assert remembered(desk, registry) == pinned(registry.url, ["a", "b"])


def test_an_address_may_be_written_as_npm_takes_it(desk: Desk, registry: Registry) -> None:
    folder(desk).first(pinned(registry.url, ["a"]))
    registry.set_keys([A.document()])
    host = registry.url.removeprefix("http://").rstrip("/")
    for text in (f"HTTP://{host}", f"http://user:secret@{host}/"):
        assert desk.run("keys", text) == Exit.ALLOW
        assert desk.says == f"trusted  {A.keyid}  listed\n"


def test_accepts_what_is_named_and_nothing_else(desk: Desk, registry: Registry) -> None:
    folder(desk).first(pinned(registry.url, ["a"]))
    registry.set_keys([A.document(), B.document(), C.document()])
    assert desk.run("keys", registry.url, "--accept", B.keyid) == Exit.ALLOW
    assert f"new      {C.keyid}  added: not trusted" in desk.says
    assert remembered(desk, registry).keys == (key_of("a"), key_of("b"))


def test_accepts_that_a_key_is_gone(desk: Desk, registry: Registry) -> None:
    folder(desk).first(pinned(registry.url, ["a", "b"]))
    registry.set_keys([B.document()])
    desk.run("keys", registry.url, "--accept", A.keyid)
    after = remembered(desk, registry)
    assert (after.keys, after.withdrawn) == ((key_of("b"),), (A.keyid,))


def test_a_key_nobody_knows_cannot_be_accepted(desk: Desk, registry: Registry) -> None:
    folder(desk).first(pinned(registry.url, ["a"]))
    registry.set_keys([A.document(), B.document()])
    with pytest.raises(UsageRefused):
        desk.run("keys", registry.url, "--accept", B.keyid, "--accept", C.keyid)
    assert remembered(desk, registry) == pinned(registry.url, ["a"])


def test_forgets(desk: Desk, registry: Registry) -> None:
    folder(desk).first(pinned(registry.url, ["a"]))
    assert desk.run("keys", registry.url, "--forget") == Exit.ALLOW
    assert folder(desk).of(registry.url) is None
    with pytest.raises(UsageRefused):
        desk.run("keys", registry.url, "--forget")


@pytest.mark.parametrize(
    "arguments", [["--accept", "x"], ["--forget"], ["not an address"], ["ftp://example.com"]]
)
def test_what_makes_no_sense_is_refused(desk: Desk, arguments: list[str]) -> None:
    with pytest.raises(UsageRefused):
        desk.run("keys", *arguments)


def test_a_registry_that_does_not_answer_is_a_message(desk: Desk, registry: Registry) -> None:
    registry.serve("-/npm/v1/keys", b"<html>", content_type="text/html")
    assert desk.run("keys", registry.url) == Exit.WORLD
    assert "web page" in desk.says
