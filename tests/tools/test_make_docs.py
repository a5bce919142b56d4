"""What is committed is what the checks say today."""

from tools import make_docs


def test_the_pages_are_current() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in make_docs.TARGET.glob("*.md")}
    made = make_docs.pages()
    assert sorted(committed) == sorted(made), "run python tools/make_docs.py"
    assert committed == made, "run python tools/make_docs.py"
