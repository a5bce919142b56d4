"""What the documents say is so: commands parse, checks exist, links lead somewhere, tables equal the code."""

import inspect
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

import pytest

from forecheck import api, discover
from forecheck.cli.main import EPILOG, WRAPPED, parser
from forecheck.cli.options import split_wrapped
from forecheck.model import Crashed, Finding, Passed
from forecheck.npm.commandline import Action, classify, classify_npx
from forecheck.report import Exit
from tests.checks.examples import examples, messages, run, sections

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
CHECKS = {check.id for check in discover.checks()}
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

FENCE = re.compile(r"^(`{3,})(\w*)[^\n]*\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
PLACEHOLDER = re.compile(r"[A-Z]+|.*…")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(text: str) -> str:
    """A page without its fenced blocks."""
    return FENCE.sub("", text)


def lines_of_commands() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        text = text_of(page)
        blocks = [block for _, language, block in FENCE.findall(text) if language in ("sh", "console")]
        lines = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
        for line in [*lines, *INLINE.findall(prose(text))]:
            name = str(page.relative_to(ROOT))
            yield name, line.strip().removeprefix("./")


def commands() -> list[object]:
    found: dict[str, object] = {}
    for page, line in lines_of_commands():
        words = shlex.split(line, comments=True) if line.startswith("forecheck ") else []
        words = words[: words.index("&&")] if "&&" in words else words
        if len(words) > 1:
            found.setdefault(" ".join(words), pytest.param(words[1:], id=f"{page}: {' '.join(words)}"))
    return list(found.values())


def check_named(words: list[str]) -> str:
    """Parse a command of forecheck's own; "" where it names no check. A bare command only has to exist."""
    if words[-1] == "…":
        words = [*words[:-1], "npm"]
    elif len(words) == 1:
        words = [*words, "--help"]
    if words[-1] in ("--help", "--version"):
        with pytest.raises(SystemExit, match=r"^0$"):
            parser().parse_args(words)
        return ""
    chosen = parser().parse_args(words)
    return getattr(chosen, "check", "")


@pytest.mark.parametrize("words", commands())
def test_commands_are_commands(words: list[str]) -> None:
    own, wrapped = split_wrapped(words, WRAPPED)
    if wrapped:
        parser().parse_args([*own, "npm"])
        read = classify_npx if wrapped[0] == "npx" else classify
        if "…" not in wrapped:
            assert read(wrapped[1:], {}, npm_version=(11, 0, 0)).action != Action.UNKNOWN
        return
    named = check_named(words)
    assert PLACEHOLDER.fullmatch(named) or not named or named in CHECKS, named


def test_there_are_commands_to_look_at() -> None:
    assert len(commands()) > 15


def test_checks_in_shown_output_exist() -> None:
    shown = {
        name
        for page in PAGES
        for _, language, block in FENCE.findall(text_of(page))
        if language == "console"
        for name in re.findall(r"^ {4}[·!✗] ([a-z-]+) {2}", block, re.MULTILINE)
    }
    assert shown
    assert shown <= CHECKS


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", prose(text_of(page)), re.MULTILINE)
    return {
        re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading.lower())).strip("-") for heading in headings
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(prose(text_of(page))):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_in_the_navigation() -> None:
    listed = re.findall(r": (\S+\.md)$", text_of(ROOT / "mkdocs.yml"), re.MULTILINE)
    guides = {page.name for page in DOCS.glob("*.md")}
    assert set(listed) == guides | {"checks/index.md"}
    assert len(listed) == len(set(listed))
    linked = set(LINK.findall(text_of(DOCS / "checks" / "index.md")))
    assert linked == {f"{check}.md" for check in CHECKS}


def test_the_site_builds(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def table_rows(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if "|" in line
    ]


def test_the_exit_codes_are_the_exit_codes() -> None:
    rows = {
        row[0].strip(): row[1]
        for row in table_rows(text_of(DOCS / "exit-codes.md"))
        if row[0].strip().isdigit()
    }
    codes = sorted(code for name, code in vars(Exit).items() if name.isupper())
    assert [int(code) for code in rows] == codes
    epilog = " ".join(EPILOG.split())
    for code, meaning in rows.items():
        assert f" {code} {meaning} " in epilog


def test_the_python_interface_is_documented_whole() -> None:
    page = text_of(DOCS / "python-api.md")
    for name in api.__all__:
        assert re.search(rf"\b{name}\b", page), name
    for name in ("check", "audit_project"):
        shown = re.search(rf"^\| `({name}\(.*?\))` \|", page, re.MULTILINE)
        assert shown is not None
        parameters = inspect.signature(getattr(api, name)).parameters.values()
        bare = [part.replace(annotation=inspect.Parameter.empty) for part in parameters]
        assert shown[1].replace('"', "'") == f"{name}{inspect.Signature(bare)}"
    for name in re.findall(r"`(?:verdict\.)?([a-z]+)(?:\(\))?`", page):
        known = (
            *api.Report.__struct_fields__,
            *api.Verdict.__struct_fields__,
            "findings",
            "passed",
            "installs",
        )
        assert name in {*known, "check", "config", "specs", "cwd", "kind", "reason"}, name


def test_the_layers_are_the_layers() -> None:
    layers = PYPROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    block = next(
        block for _, language, block in FENCE.findall(text_of(ROOT / "ARCHITECTURE.md")) if language == "text"
    )
    shown = [re.split(r"\s{3,}", line)[0] for line in block.splitlines()]
    assert shown == layers


def test_every_dependency_is_accounted_for() -> None:
    page = text_of(DOCS / "dependencies.md")
    asked = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["dependency-groups"]["dev"]]
    for wanted in asked:
        name = re.split(r"[<>=\[; ]", wanted)[0]
        assert re.search(rf"^\| (.*, )?{re.escape(name)}[ ,]", page, re.MULTILINE), name


def test_the_recipe_for_a_check_works() -> None:
    text = text_of(ROOT / "CONTRIBUTING.md")
    path = re.search(r"^`src/(forecheck/checks/\w+/\w+)\.py`:$", text, re.MULTILINE)
    code = next(block for ticks, _, block in FENCE.findall(text) if len(ticks) == 4)
    assert path is not None
    module = ModuleType(path[1].replace("/", "."))
    exec(compile(code, path[1], "exec"), vars(module))
    recipe = vars(module)[path[1].rpartition("/")[2]].__forecheck__
    assert list(sections(recipe)) == ["", "Why it matters", "What to do", "What it cannot know", "Examples"]
    expected = {"bad": Finding, "good": Passed}
    for example in examples(recipe):
        outcomes = run(recipe, example)
        assert not any(isinstance(outcome, Crashed) for outcome in outcomes)
        assert any(isinstance(outcome, expected[example.kind]) for outcome in outcomes)
        assert messages(outcomes) == [block.text for block in example.blocks if block.title == "finding"]


def test_the_readme_is_short() -> None:
    assert len(text_of(ROOT / "README.md").splitlines()) < 150
