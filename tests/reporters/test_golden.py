"""The text as it looks, for every sample. `FORECHECK_TEST_GOLDEN=write pytest tests/reporters` writes it anew."""

import os
from pathlib import Path

import pytest

from forecheck.reporter import Style
from forecheck.reporters.text import text
from tests.reporters.samples import SAMPLES

GOLDEN = Path(__file__).parent / "golden"
STYLES = {
    "80": Style(summary=True),
    "120": Style(width=120),
    "colour": Style(colour=True),
    "ascii": Style(unicode=False, summary=True),
    "verbose": Style(verbose=True),
    "narrow": Style(width=48),
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("sample", SAMPLES)
def test_looks_as_it_did(sample: str, style: str) -> None:
    file = GOLDEN / f"{sample}.{style}.txt"
    shown = text(SAMPLES[sample](), STYLES[style])
    if os.environ.get("FORECHECK_TEST_GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(shown, encoding="utf-8")
    assert shown == file.read_text(encoding="utf-8")


def test_every_golden_file_belongs_to_a_sample() -> None:
    wanted = {f"{sample}.{style}.txt" for sample in SAMPLES for style in STYLES}
    assert {file.name for file in GOLDEN.iterdir()} == wanted
