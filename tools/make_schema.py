"""Make `schemas/forecheck.schema.json` from the configuration's own declarations and the checks there are.

python tools/make_schema.py
"""

import json
from pathlib import Path

from forecheck.config.schema import schema
from forecheck.discover import checks

TARGET = Path(__file__).parent.parent / "schemas" / "forecheck.schema.json"


def main() -> None:
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(schema(checks()), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
