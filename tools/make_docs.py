"""Make `docs/checks/*.md`, a page for each check and an index, from the checks themselves.

python tools/make_docs.py
"""

import importlib
from pathlib import Path

from forecheck.discover import checks
from forecheck.pages import check_markdown, index_markdown

TARGET = Path(__file__).parent.parent / "docs" / "checks"


def pages() -> dict[str, str]:
    """Every page by file name."""
    found = checks()
    categories = {check.category: _category_text(check.run.__module__) for check in found}
    return {"index.md": index_markdown(found, categories)} | {
        f"{check.id}.md": check_markdown(check) for check in found
    }


def _category_text(module: str) -> str:
    """What a category is about: the docstring of its package."""
    package = importlib.import_module(module.rpartition(".")[0])
    return " ".join((package.__doc__ or "").split())


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    made = pages()
    for stale in {path.name for path in TARGET.glob("*.md")} - set(made):
        (TARGET / stale).unlink()
    for name, text in made.items():
        (TARGET / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
