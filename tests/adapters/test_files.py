import os
import sys
from pathlib import Path

import pytest

from forecheck.adapters.files import MAX_BYTES, LocalFiles
from forecheck.model import Unavailable, UnavailableKind


def test_paths_are_relative_to_the_root_unless_absolute(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x00\r\n\xff")
    (tmp_path / "inside").mkdir()
    assert LocalFiles(str(tmp_path)).read("a") == b"\x00\r\n\xff"
    assert LocalFiles(str(tmp_path / "inside")).read("../a") == b"\x00\r\n\xff"
    assert LocalFiles("elsewhere").read(str(tmp_path / "a")) == b"\x00\r\n\xff"


def refused(root: Path, path: str) -> UnavailableKind:
    with pytest.raises(Unavailable) as caught:
        LocalFiles(str(root)).read(path)
    return caught.value.kind


def test_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert refused(tmp_path, "nothing") is UnavailableKind.NOT_FOUND
    assert refused(tmp_path, "file/below") is UnavailableKind.NOT_FOUND


def test_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert refused(tmp_path, "folder") is UnavailableKind.REFUSED
    assert refused(tmp_path, "a\0b") is UnavailableKind.REFUSED


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes among files")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path, "pipe") is UnavailableKind.REFUSED
    assert refused(tmp_path, "/dev/zero") is UnavailableKind.REFUSED


def test_a_file_over_the_limit(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert refused(tmp_path, "large") is UnavailableKind.TOO_LARGE
