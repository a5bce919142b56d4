"""Run one of forecheck's own commands in a folder and a home of the test's own."""

import argparse
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from forecheck.cli.ports import Ports
from forecheck.discover import checks

KNOWN = checks()[0].id
NOW = datetime(2026, 6, 14, 23, 30, tzinfo=timezone(timedelta(hours=-2)))
TODAY = NOW.astimezone(UTC).date()


class Desk:
    """A project and a user; `says` is what the last command printed."""

    def __init__(self, folder: Path, add_parser: Callable[[Any], None]) -> None:
        self.home = folder / "home"
        self.project = folder / "project"
        (self.project / ".git").mkdir(parents=True)
        self.home.mkdir()
        self.env = {"XDG_CONFIG_HOME": str(self.home / "c"), "XDG_STATE_HOME": str(self.home / "s")}
        self.env |= dict.fromkeys(("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"), str(self.home))
        self.says = ""
        self._parser = argparse.ArgumentParser()
        add_parser(self._parser.add_subparsers())

    @property
    def file(self) -> Path:
        return self.project / "forecheck.toml"

    def run(self, *arguments: str, folder: Path | None = None) -> int:
        out = io.StringIO()
        ports = Ports(io.StringIO(), out, out, self.env, str(folder or self.project), lambda: NOW)
        parsed = self._parser.parse_args(arguments)
        code: int = parsed.run(parsed, ports)
        self.says = out.getvalue()
        return code
