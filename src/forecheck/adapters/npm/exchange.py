"""Put the audited manifests and lockfile into the project, and back again if the install fails."""

import os
import tempfile
from collections.abc import Mapping

from forecheck.adapters.npm.project import LOCKFILES, read_file


class Exchange:
    """The project's files before and after; each write replaces a whole file or nothing.

    `planned` maps paths relative to `root` to the bytes that npm wrote in the private copy.
    """

    def __init__(self, root: str, original: Mapping[str, bytes], planned: Mapping[str, bytes]) -> None:
        self._root = root
        self._original = original
        self._changed = {path: data for path, data in planned.items() if original.get(path) != data}

    def put(self) -> None:
        """Write what differs from the original."""
        os.makedirs(self._root, exist_ok=True)
        for path, data in self._changed.items():
            replace_file(os.path.join(self._root, path), data)

    def restore(self, *, manifests: bool = True, lockfiles: bool = True) -> None:
        """Bring the original back, byte for byte, files that were not there included."""
        for path in (*self._changed, *LOCKFILES):
            wanted = lockfiles if path in LOCKFILES else manifests
            if wanted:
                self._restore_one(path)

    def _restore_one(self, path: str) -> None:
        full = os.path.join(self._root, path)
        data = self._original.get(path)
        if data is None:
            if os.path.exists(full):
                os.unlink(full)
        elif read_file(full) != data:
            replace_file(full, data)


def replace_file(path: str, data: bytes) -> None:
    """Write a file through a temporary one beside it, keeping the permissions of what it replaces."""
    folder = os.path.dirname(path)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".forecheck-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, _mode(path))
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _mode(path: str) -> int:
    try:
        return os.stat(path).st_mode & 0o777
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask
