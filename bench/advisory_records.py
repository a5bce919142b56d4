"""An OSV export of the size and mixture of npm's in May 2025: 3,930 vulnerabilities, 21,433 reports of malware."""

import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SEED = 20250513
_VULNERABILITIES, _MALWARE = 3_930, 21_433
_LISTED = 0.27  # of the malware, as a list of versions instead of a range
_PACKAGES = 1_800  # that vulnerabilities are about; some about many
_WORDS = (Path(__file__).parent / "packages.py").read_text("utf-8").split()


def write_export(path: Path) -> None:
    """The same export in every run; about 57 MB unpacked."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as zipped:
        for record in _records(random.Random(SEED)):
            zipped.writestr(f"{record['id']}.json", json.dumps(record, indent=1))


def _records(dice: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(_VULNERABILITIES):
        package = f"used-{int(_PACKAGES * dice.random() ** 3)}"
        fixed = f"{dice.randint(1, 9)}.{dice.randint(0, 20)}.{dice.randint(0, 20)}"
        events = [{"introduced": "0"}, {"fixed": fixed}]
        yield {
            **_frame(dice, f"GHSA-{number:04d}-{dice.randrange(16**8):08x}", 2_600),
            "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
            "affected": [_affected(package, ranges=[{"type": "SEMVER", "events": events}])],
        }
    for number in range(_MALWARE):
        listed = dice.random() < _LISTED
        versions = [f"{dice.randint(0, 99)}.0.{patch}" for patch in range(dice.choice((1, 1, 1, 2, 5)))]
        always = [{"type": "SEMVER", "events": [{"introduced": "0"}]}]
        entry = _affected(f"evil-{number}", **({"versions": versions} if listed else {"ranges": always}))
        yield {**_frame(dice, f"MAL-2025-{number}", 1_500), "affected": [entry]}


def _frame(dice: random.Random, name: str, details: int) -> dict[str, Any]:
    text = " ".join(dice.choices(_WORDS, k=details // 7))[:details]
    day = f"2025-0{dice.randint(1, 5)}-{dice.randint(1, 28):02d}T{dice.randint(0, 23):02d}:00:00Z"
    links = [{"type": "ADVISORY", "url": f"https://github.com/advisories/{name}"}]
    links += [{"type": "WEB", "url": f"https://example.com/{dice.randrange(16**12):x}"} for _ in range(4)]
    return {
        "id": name,
        "summary": text[:60],
        "details": text,
        "aliases": [f"CVE-2025-{dice.randrange(99_999)}"],
        "modified": day,
        "published": day,
        "references": links,
        "schema_version": "1.6.0",
    }


def _affected(package: str, **what: Any) -> dict[str, Any]:
    return {"package": {"ecosystem": "npm", "name": package, "purl": f"pkg:npm/{package}"}, **what}
