"""kill -9 at any moment of an update or import: the old state or the new one, and the next run succeeds."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from forecheck.adapters.advisories.database import FILE
from tests.adapters.advisories.shop import bring_in, bring_up_to_date, names
from tests.advisories.records import record
from tests.fakes.osv import OsvExport

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills with a signal")

RECORDS = 700
START = datetime(2026, 5, 1, tzinfo=UTC)
CALL = """
import sys
sys.path[:0] = %r
from forecheck.cli.main import run
sys.exit(run(["db", "update"]))
"""


def made(number: int, changed: int, bound: str) -> dict[str, Any]:
    plain = record(f"GHSA-{number}", f"p{number}", "introduced 0", f"fixed {bound}")
    return {**plain, "modified": (START + timedelta(minutes=changed)).isoformat()}


@pytest.fixture
def osv() -> Iterator[OsvExport]:
    with OsvExport(made(number, 0, "1.0.0") for number in range(RECORDS)) as export:
        yield export


def spawn(folder: Path, osv: OsvExport) -> "subprocess.Popen[bytes]":
    settings = folder / "settings.toml"
    settings.write_text(f'[sources.osv-export]\nurl = "{osv.url}"\n[network]\nmax-concurrency = 4\n')
    env = {"HOME": str(folder), "PATH": os.environ["PATH"], "FORECHECK_CONFIG": str(settings)}
    env["FORECHECK_CACHE"] = str(folder / "data")
    return subprocess.Popen(
        [sys.executable, "-c", CALL % sys.path],
        cwd=folder,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill_when(osv: OsvExport, folder: Path, file: str, *, nth: int = 1) -> None:
    """Start an update and kill it while its `nth` request for a file that ends so waits for the answer."""
    reached, seen, lock = threading.Event(), [0], threading.Lock()
    go_on = threading.Event()

    def stop_there(name: str) -> None:
        with lock:
            seen[0] += name.endswith(file)
            if seen[0] < nth:
                return
        reached.set()
        go_on.wait(30)

    osv.before = stop_there
    process = spawn(folder, osv)
    assert reached.wait(30)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    go_on.set()
    osv.before = lambda _: None


def test_while_the_export_arrives(osv: OsvExport, tmp_path: Path) -> None:
    data = tmp_path / "data"
    kill_when(osv, tmp_path, "all.zip")
    assert not (data / FILE).exists()
    bring_in(data, made(0, 0, "9.0.0"))
    osv.put(*(made(number, 5, "2.0.0") for number in range(RECORDS, RECORDS * 2)))
    kill_when(osv, tmp_path, "all.zip")
    assert names(data, "p0", "8.0.0") == ["GHSA-0"]
    bring_up_to_date(data, osv)
    assert names(data, "p0", "0.5.0") == ["GHSA-0"]
    assert names(data, f"p{RECORDS}", "1.5.0") == [f"GHSA-{RECORDS}"]


@pytest.mark.parametrize("nth", [1, 150, 250, 460, 599])
def test_while_changes_arrive(osv: OsvExport, tmp_path: Path, nth: int) -> None:
    data = tmp_path / "data"
    bring_up_to_date(data, osv)
    osv.put(*(made(number, 1 + number, "2.0.0") for number in range(600)))
    kill_when(osv, tmp_path, ".json", nth=nth)
    kept = [number for number in range(600) if names(data, f"p{number}", "1.5.0")]
    assert kept == list(range(len(kept)))
    assert len(kept) == (nth - 1) // 200 * 200
    assert names(data, "p650", "0.5.0") == ["GHSA-650"]
    osv.files.clear()
    assert bring_up_to_date(data, osv).read == 600 - len(kept)
    assert osv.asked("all.zip") == 0
    assert names(data, "p599", "1.5.0") == ["GHSA-599"]


@pytest.mark.parametrize("tenths", [1, 3, 4, 5, 6, 7, 9, 12])
def test_at_any_moment(osv: OsvExport, tmp_path: Path, tenths: int) -> None:
    """Whatever the process is doing then: the database is the one before or the one after, and whole."""
    data = tmp_path / "data"
    bring_in(data, *(made(number, 0, "1.0.0") for number in range(RECORDS)))
    osv.put(*(made(number, 9, "2.0.0") for number in range(1500)))
    process = spawn(tmp_path, osv)
    try:
        process.wait(tenths / 10)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    assert len({bool(names(data, f"p{number}", "1.5.0")) for number in range(0, 1500, 100)}) == 1
    assert names(data, "p0", "0.5.0") == ["GHSA-0"]
    bring_up_to_date(data, osv)
    assert names(data, "p1499", "1.5.0") == ["GHSA-1499"]
    assert sorted(os.listdir(data)) == ["advisories.lock", FILE]


def test_two_at_once(osv: OsvExport, tmp_path: Path) -> None:
    go_on = threading.Event()
    reached = threading.Event()

    def stop_there(name: str) -> None:
        if name == "all.zip":
            reached.set()
            go_on.wait(30)

    osv.before = stop_there
    first = spawn(tmp_path, osv)
    assert reached.wait(30)
    second = spawn(tmp_path, osv)
    assert second.wait(30) == 6
    go_on.set()
    assert first.wait(30) == 0
    assert names(tmp_path / "data", "p5", "0.5.0") == ["GHSA-5"]
