"""The quick reading of usual entries gives what reading line by line gives, whatever stands between and in them."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from forecheck.decode import Malformed
from forecheck.lockfiles.yarn_classic_wire import _read_lines, read_blocks

USUAL = '''"@a/b@^1.0.0":
  version "1.2.3"
  resolved "https://registry.yarnpkg.com/@a/b/-/b-1.2.3.tgz#abc"
  integrity sha512-AAAA
  dependencies:
    "@c/d" "^1"
    ms "^2.0.0"'''
PIECES = st.sampled_from(
    [
        USUAL,
        "\n",
        "\n\n",
        "\n\n\n",
        " ",
        "  ",
        "    ",
        '"',
        "#",
        ":",
        ",",
        "\\",
        "\r",
        "\t",
        "\u2028",
        "ms@^2:",
        '  version "1"',
    ]
)
FILES = sorted(
    path
    for path in (Path(__file__).parents[1] / "fixtures/lockfiles/yarn-classic").rglob("*")
    if path.is_file() and path.suffix != ".json"
)


def told(text: str, *, quickly: bool) -> object:
    try:
        blocks = list(read_blocks(text, "p") if quickly else _read_lines(text, 1, "p"))
    except Malformed as wrong:
        return str(wrong)
    return [(one.line, one.patterns, one.fields, one.sections, one.repeated) for one in blocks]


def test_real_files() -> None:
    assert FILES
    for path in FILES:
        text = path.read_text(encoding="utf-8", errors="replace")
        assert told(text, quickly=True) == told(text, quickly=False)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_pieces(text: str) -> None:
    assert told(text, quickly=True) == told(text, quickly=False)


@given(st.integers(0, len(USUAL)), PIECES)
def test_one_piece_within_an_entry(at: int, piece: str) -> None:
    text = f"# yarn lockfile v1\n\n\n{USUAL[:at]}{piece}{USUAL[at:]}\n\n{USUAL}\n"
    assert told(text, quickly=True) == told(text, quickly=False)
