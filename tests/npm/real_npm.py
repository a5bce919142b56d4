"""The installed npm's own modules, asked through node: what the port is compared with."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest


def npm_folder() -> Path:
    """The folder of the npm on PATH, or skip."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("npm and node are not installed")
    folder = Path(npm).resolve().parent.parent
    if not (folder / "node_modules" / "@npmcli" / "config").is_dir():
        pytest.skip(f"no npm beside {npm}")
    version = json.loads((folder / "package.json").read_text("utf-8"))["version"]
    if int(version.split(".")[0]) < 11:
        pytest.skip(f"npm {version} is older than the rules compared here")
    return folder


def ask(script: str, question: object, *, env: dict[str, str] | None = None, cwd: Path | None = None) -> Any:
    """Run `script` with `npm` (npm's folder) and `question` bound; what it assigns to `answer` comes back."""
    folder = npm_folder()
    program = f"""
        const npm = {json.dumps(str(folder))};
        const question = JSON.parse(require('fs').readFileSync(0, 'utf8'));
        const main = async () => {{ let answer; {script}; return answer }};
        main().then(answer => process.stdout.write(JSON.stringify(answer)));
    """
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, "--no-deprecation", "-e", program],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
        env=env,
        cwd=cwd,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
