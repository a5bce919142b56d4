"""What holds for every check, whoever wrote it."""

import ast
import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from forecheck import discover
from forecheck.check import Check, NoOptions, option_metadata
from forecheck.engine import Facts
from forecheck.graph import wire
from forecheck.model import Hit, Subject, Unavailable
from tests.checks.examples import Example, NoProgress, World, examples, one_by_one, sections

CHECKS = discover.checks()
each_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)

IMPURE = {
    "os",
    "socket",
    "subprocess",
    "pathlib",
    "time",
    "random",
    "asyncio",
    "http",
    "urllib3",
    "logging",
    "tempfile",
}


def source_file(check: Check) -> Path:
    return Path(inspect.getfile(check.run))


@each_check
def test_the_docstring_tells_everything(check: Check) -> None:
    parts = sections(check)
    assert list(parts) == ["", "Why it matters", "What to do", "What it cannot know", "Examples"]
    assert all(text for heading, text in parts.items())
    assert check.title
    assert "\n" not in parts[""], "the title is one line, everything else has a heading"


@each_check
def test_there_are_bad_and_good_examples(check: Check) -> None:
    assert {"bad", "good"} <= {example.kind for example in examples(check)}


@each_check
def test_bad_examples_show_the_finding(check: Check) -> None:
    for example in examples(check):
        shown = any(block.title == "finding" for block in example.blocks)
        assert shown is (example.kind == "bad"), example.title


@each_check
def test_one_file_per_check_named_as_the_user_sees_it(check: Check) -> None:
    file = source_file(check)
    assert check.id == file.stem.replace("_", "-")
    assert check.category == file.parent.name
    assert sum(one.run.__module__ == check.run.__module__ for one in CHECKS) == 1


def test_ids_are_unique() -> None:
    ids = [check.id for check in CHECKS]
    assert len(ids) == len(set(ids))


@each_check
def test_every_option_has_a_text_and_a_default(check: Check) -> None:
    if check.options is None or check.options is NoOptions:
        return
    texts = option_metadata(check.options)
    assert set(texts) == set(check.options.__struct_fields__)
    assert all(option.text.endswith(".") for option in texts.values())
    check.options()


@each_check
def test_a_check_imports_nothing_that_could_touch_the_world(check: Check) -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(source_file(check).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    assert not {name.partition(".")[0] for name in imported} & IMPURE
    assert not [name for name in imported if name.startswith("forecheck.adapters")]


def test_the_wiring_closes() -> None:
    context = World(Example("none", "good", "nothing", ())).context
    wiring = wire(CHECKS, discover.sources(), context)
    assert wiring.by_type


class Watch:
    """Which audit events that touch the world were seen while it was on."""

    TOUCHING = ("open", "socket.", "subprocess.", "os.", "shutil.", "urllib.", "http.", "sqlite3.", "ctypes.")

    def __init__(self) -> None:
        self.on = False
        self.seen: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, _: object) -> None:
        if self.on and event.startswith(self.TOUCHING):
            self.seen.append(event)

    @contextmanager
    def watching(self) -> Iterator[list[str]]:
        self.seen.clear()
        self.on = True
        try:
            yield self.seen
        finally:
            self.on = False


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch()


@each_check
def test_running_a_check_touches_nothing(check: Check, watch: Watch) -> None:
    ran = 0
    for example in examples(check):
        world = World(example)
        facts = Facts(wire([check], discover.sources(), world.context), world.context)
        facts.fetch(world.subjects, one_by_one, NoProgress())
        for subject in world.subjects:
            if not isinstance(subject, check.subject):
                continue
            try:
                evidence = {name: facts.get(need, subject) for name, need in check.evidence.items()}
            except Unavailable:
                continue
            if check.options is not None:
                evidence["options"] = check.options()
            first = said(check, subject, evidence)  # imports what it imports late
            with watch.watching() as seen:
                again = said(check, subject, evidence)
            assert seen == []
            assert again == first
            ran += 1
    assert ran


def said(check: Check, subject: Subject, evidence: dict[str, Any]) -> list[Hit] | str:
    """The hits, or why the check could not look after all."""
    try:
        return list(check.run(subject, **evidence))
    except Unavailable as missing:
        return missing.reason


def test_the_watch_sees_what_touches_the_world(watch: Watch) -> None:
    with watch.watching() as seen:
        Path(__file__).read_bytes()
    assert "open" in seen
