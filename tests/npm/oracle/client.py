"""The installed npm as an oracle: a node process that answers how it reads a command line."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

SCRIPT = Path(__file__).with_name("npm_argv.cjs")


def roots() -> Iterator[Path]:
    """The folder of the npm on PATH, and those in FORECHECK_TEST_NPM_ROOTS (joined like PATH) to try other versions."""
    launcher = shutil.which("npm")
    if launcher is not None:
        for folder in Path(launcher).resolve().parents:
            if (folder / "bin" / "npx-cli.js").exists():
                yield folder
                break
    yield from (
        Path(each) for each in os.environ.get("FORECHECK_TEST_NPM_ROOTS", "").split(os.pathsep) if each
    )


class Oracle:
    def __init__(self, node: str, root: Path) -> None:
        manifest = json.loads((root / "package.json").read_text(encoding="utf-8"))
        major, minor, patch = manifest["version"].split("-")[0].split(".")
        self.version = (int(major), int(minor), int(patch))
        self._process = subprocess.Popen(
            [node, str(SCRIPT), str(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def ask(self, kind: str, argv: Sequence[str] = (), env: dict[str, str] | None = None) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"kind": kind, "argv": list(argv), "env": env or {}}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert "crash" not in answer, answer["crash"]
        return answer
