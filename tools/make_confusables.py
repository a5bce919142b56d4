"""Make `src/forecheck/analysis/confusables.py` from the confusables of the Unicode Consortium.

    pip download --no-deps confusable-homoglyphs==3.3.1 && unzip confusable_homoglyphs-*.whl
    python tools/make_confusables.py confusable_homoglyphs/confusables.json > src/forecheck/analysis/confusables.py

Kept: lower-case characters that look like what an npm name may hold, and that compatibility normalisation plus
dropping accents does not already turn into it.
"""

import argparse
import json
import re
import sys
import unicodedata
from pathlib import Path

NAME_CHARACTERS = re.compile(r"[a-z0-9._-]{1,2}")

HEADER = '''"""Characters that look like those of an npm name. Generated: see `tools/make_confusables.py`.

Source: Unicode confusables.txt (Unicode License v3), as packaged by confusable-homoglyphs 3.3.1 (MIT).
"""

# code point in hexadecimal, then what it looks like
PAIRS = """
'''


def lookalikes(table: Path) -> list[str]:
    confusables = json.loads(table.read_text(encoding="utf-8"))
    pairs = []
    for char, alternatives in sorted(confusables.items()):
        if len(char) != 1 or char.isascii() or char != char.lower() or _decomposes(char):
            continue
        ascii_forms = [item["c"].lower() for item in alternatives]
        found = next((form for form in ascii_forms if NAME_CHARACTERS.fullmatch(form)), None)
        if found is not None:
            pairs.append(f"{ord(char):x} {found}")
    return pairs


def _decomposes(char: str) -> bool:
    decomposed = unicodedata.normalize("NFKD", char)
    return "".join(part for part in decomposed if not unicodedata.combining(part)).isascii()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", type=Path)
    pairs = lookalikes(parser.parse_args().table)
    per_line = 12
    rows = ["  ".join(pairs[start : start + per_line]) for start in range(0, len(pairs), per_line)]
    sys.stdout.write(HEADER + "\n".join(rows) + '\n"""\n')


if __name__ == "__main__":
    main()
