"""A check's own page, from what its code already says: plain text for `forecheck explain`, Markdown for the docs."""

import textwrap
from collections.abc import Iterator, Sequence

import msgspec

from forecheck.check import Check, Stricter, Unknown, option_metadata
from forecheck.config.edit import toml_string
from forecheck.config.file import key_of
from forecheck.config.shapes import plain
from forecheck.text import escape_lines

_UNKNOWN = {
    Unknown.NOTE: "it is noted, and the run goes on",
    Unknown.WARN: "it counts as a warning",
    Unknown.BLOCK: "the run stops",
}
_STRICTER = {
    Stricter.HIGHER: "higher is stricter",
    Stricter.LOWER: "lower is stricter",
    Stricter.TRUE: "true is stricter",
    Stricter.FALSE: "false is stricter",
    Stricter.FEWER: "fewer is stricter",
}
_ALWAYS = "Every check also takes `enabled`, `severity` and `unknown` in its table."
_EXAMPLES = "Examples"


class Block(msgspec.Struct, frozen=True):
    """A piece of a docstring: a heading (`level` of 2 or more), code with its language and title, or a paragraph.

    A paragraph's first line may start with `- `: then it is a list, and every such line starts an item.
    """

    lines: tuple[str, ...]
    level: int = 0
    language: str | None = None
    title: str = ""


class Setting(msgspec.Struct, frozen=True):
    """One option as forecheck.toml has it; `default` is TOML."""

    key: str
    default: str
    text: str
    stricter: str


def check_page(check: Check, width: int = 80) -> str:
    """The page for a terminal, without colour; every line within `width` but those of examples."""
    lines = [check.id, *textwrap.wrap(f"{check.title}.", width), ""]
    for name, value in _facts(check):
        lines += textwrap.wrap(f"{name:<13}{value}", width, initial_indent="  ", subsequent_indent=" " * 15)
    blocks = _blocks(check)
    prose = [block for block in blocks if block not in _examples(blocks)]
    above = None
    for block in (*prose, *_option_blocks(check), *_examples(blocks)):
        lines += ["", *_plain(block, width)] if _apart(above, block) else _plain(block, width)
        above = block
    return escape_lines("\n".join(lines), limit=2_000) + "\n"


def check_markdown(check: Check) -> str:
    """The page for the documentation."""
    lines = [f"# {check.id}", "", f"{check.title}.", "", "| | |", "| --- | --- |"]
    lines += [f"| {name} | {value} |" for name, value in _facts(check)]
    blocks = _blocks(check)
    examples = _examples(blocks)
    for block in (*(one for one in blocks if one not in examples), *_option_blocks(check), *examples):
        lines += ["", *_markdown(block)]
    return "\n".join(lines) + "\n"


def index_markdown(checks: Sequence[Check], categories: dict[str, str]) -> str:
    """The list of all checks by category; `categories` maps each to its text."""
    lines = ["# Checks", "", "Made from the checks themselves by `python tools/make_docs.py`."]
    for category in dict.fromkeys(check.category for check in checks):
        lines += ["", f"## {category}", "", categories[category], ""]
        lines += ["| check | severity | what it sees |", "| --- | --- | --- |"]
        lines += [
            f"| [{check.id}]({check.id}.md) | {check.severity.label} | {check.title} |"
            for check in checks
            if check.category == category
        ]
    return "\n".join(lines) + "\n"


def settings(check: Check) -> tuple[Setting, ...]:
    """The check's own options."""
    if check.options is None:
        return ()
    defaults = msgspec.structs.asdict(check.options())
    return tuple(
        Setting(key_of(name), _toml(plain(defaults[name])), option.text, _STRICTER[option.stricter])
        for name, option in option_metadata(check.options).items()
    )


def _facts(check: Check) -> Iterator[tuple[str, str]]:
    yield "category", check.category
    yield "severity", check.severity.label
    yield "confidence", check.confidence.label
    unless = (
        "; what a registry does not offer at all is only noted" if check.unknown is not Unknown.NOTE else ""
    )
    yield "cannot look", f"{_UNKNOWN[check.unknown]}{unless}"


def _option_blocks(check: Check) -> tuple[Block, ...]:
    found = settings(check)
    if not found:
        return ()
    code = [f"[checks.{check.id}]"]
    for one in found:
        code += [
            "",
            *textwrap.wrap(f"{one.text} ({one.stricter})", 74, initial_indent="# ", subsequent_indent="# "),
        ]
        code.append(f"{one.key} = {one.default}")
    intro = f"In forecheck.toml, with the defaults. {_ALWAYS}"
    return Block(("Options",), level=2), Block((intro,)), Block(tuple(code), language="toml")


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return toml_string(value)
    if isinstance(value, list):
        return f"[{', '.join(_toml(part) for part in value)}]"
    return str(value)


def _blocks(check: Check) -> tuple[Block, ...]:
    _, _, rest = check.text.strip().partition("\n")
    return tuple(_parsed(textwrap.dedent(rest).strip("\n").split("\n")))


def _examples(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The section of examples, which goes last."""
    for at, block in enumerate(blocks):
        if block.level == 2 and block.lines == (_EXAMPLES,):
            return tuple(blocks[at:])
    return ()


def _parsed(lines: Sequence[str]) -> Iterator[Block]:
    """The little Markdown that docstrings use: headings, paragraphs, lists, fenced code."""
    paragraph: list[str] = []
    code: list[str] | None = None
    language, title = "", ""
    for line in [*lines, ""]:
        if code is not None:
            if line.strip() == "```":
                yield Block(tuple(code), language=language, title=title)
                code = None
            else:
                code.append(line)
            continue
        fence, heading = line.startswith("```"), line.startswith("##")
        if paragraph and (fence or heading or not line.strip()):
            yield Block(tuple(paragraph))
            paragraph = []
        if fence:
            language, _, info = line[3:].partition(" ")
            title = info.partition('title="')[2].partition('"')[0]
            code = []
        elif heading:
            marks, _, text = line.partition(" ")
            yield Block((text.strip(),), level=len(marks))
        elif line.strip():
            paragraph.append(line)
    if code is not None:
        raise ValueError(f"a code block is not closed: {code[:1]}")


def _items(block: Block) -> list[str]:
    """A paragraph as one text, a list as one text an item."""
    items: list[str] = []
    for line in block.lines:
        if line.startswith("- ") or not items:
            items.append(line.strip())
        else:
            items[-1] += f" {line.strip()}"
    return items


def _apart(above: Block | None, block: Block) -> bool:
    """Whether a blank line belongs between the two: before headings, and between paragraphs and what is beside."""
    if above is None or block.level:
        return True
    return not above.level and not (above.language is not None and block.title)


def _plain(block: Block, width: int) -> list[str]:
    if block.level == 2:
        return [block.lines[0]]
    if block.level:
        return textwrap.wrap(block.lines[0], width, initial_indent="  ", subsequent_indent="    ")
    if block.language is not None:
        title = [f"    {block.title}:"] if block.title else []
        inner = "      " if block.title else "    "
        return [*title, *(f"{inner}{line}".rstrip() for line in block.lines)]
    lines: list[str] = []
    for item in _items(block):
        hang = "    " if item.startswith("- ") else "  "
        lines += textwrap.wrap(
            item,
            width,
            initial_indent="  ",
            subsequent_indent=hang,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return lines


def _markdown(block: Block) -> list[str]:
    if block.level:
        return [f"{'#' * block.level} {block.lines[0]}"]
    if block.language is not None:
        title = [f"`{block.title}`:", ""] if block.title else []
        return [*title, f"```{block.language}", *block.lines, "```"]
    return list(block.lines)
