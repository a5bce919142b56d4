"""The command loads no network, no child processes and, for plain lockfiles, none of the checks."""

from pathlib import Path

from tests.lockfile_lint.cases import Package, npm_3
from tests.test_cold_start import WARM_DOES_WITHOUT, imports


def test_what_is_loaded(tmp_path: Path) -> None:
    for name, text in npm_3(Package()).items():
        (tmp_path / name).write_text(text)
    loaded, out = imports(
        ["lockfile-lint", "-p", "package-lock.json", "-s", "-a", "npm", "-n", "-i"], tmp_path
    )
    assert "No issues detected" in out
    assert not {name.partition(".")[0] for name in loaded} & (
        WARM_DOES_WITHOUT | {"subprocess", "yaml", "rapidfuzz"}
    )
    assert "forecheck.adapters.settings" not in loaded
