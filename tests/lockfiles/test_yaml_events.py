import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.decode import Malformed
from forecheck.lockfiles.yaml_events import MAX_DEPTH, Document, read_documents


def one(text: str) -> Document:
    (document,) = read_documents(text, "f", 1)
    return document


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("a: 1\nb: yes\nc: 1:30\nd: ~\ne:\n", {"a": "1", "b": "yes", "c": "1:30", "d": "~", "e": ""}),
        ("{a: [x, {y: z}], b: []}", {"a": ["x", {"y": "z"}], "b": []}),
        ("- - a\n  - b\n- {c: d}\n", [["a", "b"], {"c": "d"}]),
        ("'it''s': \"\\u0041\\n\"\n", {"it's": "A\n"}),
        ("a: |\n  x\n  y\nb: >\n  x\n  y\n", {"a": "x\ny\n", "b": "x y\n"}),
        ("? a\n: b\n", {"a": "b"}),
        ("plain", "plain"),
        ("a: 1\r\nb: 2\r\n", {"a": "1", "b": "2"}),
    ],
)
def test_every_scalar_is_the_text_it_is(text: str, root: object) -> None:
    assert one(text).root == root


def test_the_places_of_the_first_two_levels() -> None:
    text = "a:\n  'x@1':\n    deep: {no: 1}\n  y: 2\nb: {z: [{w: 1}]}\n"
    assert one(text).places == {
        ("a",): (1, 1),
        ("a", "x@1"): (2, 3),
        ("a", "y"): (4, 3),
        ("b",): (5, 1),
        ("b", "z"): (5, 5),
    }


def test_documents_keep_their_places_apart() -> None:
    first, second = read_documents("---\na: {b: 1}\n---\nc: {d: 2}\n", "f", 2)
    assert (first.root, second.root) == ({"a": {"b": "1"}}, {"c": {"d": "2"}})
    assert second.places == {("c",): (4, 1), ("c", "d"): (4, 5)}
    assert read_documents("# nothing\n", "f", 2) == []


@pytest.mark.parametrize(
    ("text", "why", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "'a' twice", 3),
        ("a: &x 1\n", "anchor or a tag", 1),
        ("a:\n  &x {b: 1}\n", "anchor or a tag", 2),
        ("a: !!str 1\n", "anchor or a tag", 1),
        ("a: !<tag:x> [1]\n", "anchor or a tag", 1),
        ("a: *x\n", "alias", 1),
        ("? [a]\n: b\n", "no text", 1),
        ("<<: {a: 1}\n", "merge key", 1),
        ("a: 1\n---\nb: 1\n", "more than 1 documents", 2),
        ("a: b: c\n", "not valid YAML", 1),
        ("a: [1\n", "not valid YAML", 2),
        ("a: 'x\n", "not valid YAML", 2),
        ("a: 1\n\tb: 2\n", "not valid YAML", 2),
        ("a: x\u2028b: y\n", "U\\+2028", 1),
        ("a: x\n\x85\n", "U\\+0085", 2),
        (f"{'k' * 1100}: 1\n", "not valid YAML", 1),
    ],
)
def test_what_readers_disagree_about_is_refused(text: str, why: str, line: int) -> None:
    with pytest.raises(Malformed, match=why) as caught:
        one(text)
    assert caught.value.place == f"line {line}"


@pytest.mark.parametrize("text", ["a: \x01\n", "a: \ufffe\n"])
def test_characters_that_yaml_does_not_have_are_refused(text: str) -> None:
    with pytest.raises(Malformed, match="not valid YAML"):
        one(text)


@pytest.mark.parametrize(
    "bomb",
    [
        "[" * 1_000_000,
        "{a: " * 1_000_000,
        "- " * 1_000_000,
        "? " * 100_000,
        "".join(" " * depth + "a:\n" for depth in range(2_000)),
        "a: &a [x]\n" + "".join(f"b{i}: [*a, *a]\n" for i in range(10)),
    ],
    ids=["sequences", "mappings", "dashes", "keys", "indents", "aliases"],
)
def test_bombs_go_off_early(bomb: str) -> None:
    with pytest.raises(Malformed):
        one(bomb)


def test_the_deepest_that_is_read() -> None:
    assert one("[" * MAX_DEPTH + "]" * MAX_DEPTH).root
    with pytest.raises(Malformed, match="nested too deeply"):
        one("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))


def test_very_long_keys_are_read_as_they_are_written() -> None:
    key = "k" * 5000
    assert one(f"? {key}\n: 1\n").root == {key: "1"}


@given(st.text(alphabet=st.sampled_from(list("ab:{}[],&*!|>'\"%@`?-# \n\t~<\u2028\x85\x00é")), max_size=60))
def test_any_text_is_documents_or_malformed(text: str) -> None:
    try:
        documents = read_documents(text, "f", 2)
    except Malformed:
        return
    assert len(documents) <= 2
