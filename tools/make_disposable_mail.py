"""Make `src/forecheck/data/disposable-mail.txt` from the PyPI package disposable-email-domains.

python tools/make_disposable_mail.py WHEEL --date 2026-11 > src/forecheck/data/disposable-mail.txt
"""

import argparse
import ast
import sys
from pathlib import Path
from zipfile import ZipFile

MODULE = "disposable_email_domains/__init__.py"


def domains(wheel: Path) -> list[str]:
    """The set called `blocklist`, read without running the module."""
    with ZipFile(wheel) as archive:
        tree = ast.parse(archive.read(MODULE))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "blocklist":
            return sorted(ast.literal_eval(node.value))
    raise SystemExit(f"{wheel}: there is no blocklist in {MODULE}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--date", required=True, help="when the list was released, YYYY-MM")
    given = parser.parse_args()
    found = domains(given.wheel)
    name = "-".join(given.wheel.name.split("-")[:2]).replace("_", "-")
    sys.stdout.write("# Domains of disposable mail services.\n")
    sys.stdout.write(f"# source: {name} (PyPI), https://github.com/disposable-email-domains\n")
    sys.stdout.write(f"# date: {given.date}   domains: {len(found)}\n")
    sys.stdout.write("# licence: MIT (the package), CC0-1.0 (the list it is made from)\n")
    sys.stdout.write(
        f"# made by: python tools/make_disposable_mail.py {given.wheel.name} --date {given.date}\n"
    )
    sys.stdout.writelines(f"{domain}\n" for domain in found)


if __name__ == "__main__":
    main()
