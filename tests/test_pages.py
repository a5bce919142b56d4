"""The page of a check that has one of everything."""

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import msgspec

from forecheck.check import Check, Option, Stricter, Unknown, check
from forecheck.discover import checks
from forecheck.model import Confidence, Hit, Release, Severity
from forecheck.pages import check_markdown, check_page, index_markdown, settings


class Options(msgspec.Struct, frozen=True):
    min_age: Annotated[timedelta, Option("Younger ones are reported.", Stricter.HIGHER)] = timedelta(days=7)
    at_once: Annotated[timedelta, Option("Within that time.", Stricter.LOWER)] = timedelta(hours=36)
    from_severity: Annotated[Severity, Option("From there on.", Stricter.LOWER)] = Severity.LOW
    loud: Annotated[bool, Option("Say it twice.", Stricter.TRUE)] = False
    limit: Annotated[int, Option("How many.", Stricter.LOWER)] = 3
    share: Annotated[float, Option("Of all.", Stricter.LOWER)] = 0.5
    names: Annotated[
        frozenset[str], Option("Left alone, unless something else says otherwise.", Stricter.FEWER)
    ] = frozenset({'b"b', "a"})
    order: Annotated[tuple[str, ...], Option("In turn.", Stricter.FEWER)] = ()


@check(severity=Severity.HIGH, confidence=Confidence.MEDIUM, unknown=Unknown.BLOCK)
def strange_thing(release: Release, options: Options) -> Iterator[Hit]:
    """The release is strange.

    ## Why it matters
    A first paragraph that is long enough to need a second line where the page is only eighty cells wide.

    A second paragraph with `code in it`.
    - one item that also goes on for longer than a line is wide, so that it has to hang below
      its own beginning
    - another

    ## What to do
    Nothing.

    ## Examples
    ### bad: strange
    ```json title="package.json"
    {"name": "strange",

     "long": "a line of code that is longer than eighty cells stays exactly as it is written here"}
    ```
    ```text title="finding"
    it is strange
    ```
    ### good: not strange
    ```json
    {}
    ```

    ## What it cannot know
    This stands below the examples, where it was not meant to be.
    """
    yield from ()


@check(severity=Severity.INFO, confidence=Confidence.LOW, unknown=Unknown.NOTE)
def plain_thing(release: Release) -> Iterator[Hit]:
    """One line."""
    yield from ()


STRANGE: Check = strange_thing.__forecheck__  # type: ignore[attr-defined]
PLAIN: Check = plain_thing.__forecheck__  # type: ignore[attr-defined]


def test_the_page_begins_with_what_the_check_is() -> None:
    assert check_page(STRANGE).splitlines()[:8] == [
        "strange-thing",
        "The release is strange.",
        "",
        "  category     tests",
        "  severity     high",
        "  confidence   medium",
        "  cannot look  the run stops; what a registry does not offer at all is only",
        "               noted",
    ]


def test_prose_is_wrapped_lists_hang_and_code_stays_as_it_is() -> None:
    lines = check_page(STRANGE).splitlines()
    assert "  A first paragraph that is long enough to need a second line where the page is" in lines
    assert "  - one item that also goes on for longer than a line is wide, so that it has to" in lines
    assert "    hang below its own beginning" in lines
    assert "    package.json:" in lines
    assert any(line.endswith('stays exactly as it is written here"}') for line in lines)
    code = [line for line in lines if line.startswith("      ")]
    assert max(len(line) for line in lines if line not in code) <= 80


def test_examples_come_last_after_the_options() -> None:
    page = check_page(STRANGE)
    order = ["\nWhy it matters", "\nWhat to do", "\nOptions", "\nExamples"]
    assert [page.index(part) for part in order] == sorted(page.index(part) for part in order)


def test_options_are_toml_with_the_defaults() -> None:
    shown = check_markdown(STRANGE).partition("```toml\n")[2].partition("```")[0]
    assert tomllib.loads(shown) == {
        "checks": {
            "strange-thing": {
                "min-age": "7d",
                "at-once": "36h",
                "from-severity": "low",
                "loud": False,
                "limit": 3,
                "share": 0.5,
                "names": ["a", 'b"b'],
                "order": [],
            }
        }
    }
    assert "# Younger ones are reported. (higher is stricter)" in shown


def test_the_options_shown_are_read_as_the_defaults() -> None:
    from forecheck.config.parse import parse

    shown = check_markdown(STRANGE).partition("```toml\n")[2].partition("```")[0]
    read = parse(shown, "forecheck.toml", [STRANGE]).checks["strange-thing"].options
    assert Options(**read) == Options()


def test_a_check_without_options_has_no_such_section() -> None:
    assert settings(PLAIN) == ()
    assert "Options" not in check_page(PLAIN)
    assert "cannot look  it is noted, and the run goes on\n" in check_page(PLAIN)


def test_markdown_has_one_title_and_closed_code() -> None:
    outside, fences, inside = [], [], False
    for line in check_markdown(STRANGE).splitlines():
        if line.startswith("```"):
            fences += [] if inside else [line[3:]]
            inside = not inside
        elif not inside:
            outside.append(line)
    assert fences == ["toml", "json", "text", "json"]
    assert not inside
    assert [line for line in outside if line.startswith("# ")] == ["# strange-thing"]


def test_the_index_lists_every_check_under_its_category() -> None:
    shown = index_markdown([STRANGE, PLAIN], {"tests": "What tests are about."})
    assert "## tests\n\nWhat tests are about.\n" in shown
    assert "| [strange-thing](strange-thing.md) | high | The release is strange |" in shown


def test_every_page_is_plain_and_fits() -> None:
    for one in checks():
        lines = check_page(one).splitlines()
        assert all(line.isprintable() for line in lines), one.id
        prose = [line for line in lines if not line.startswith("    ")]
        assert max(map(len, prose)) <= 80, one.id
