"""The `Files` port: reads regular files, never waits on a pipe or a device, never more than the limit."""

import os
import stat

from forecheck.model import Unavailable, UnavailableKind

MAX_BYTES = 512 * 1024 * 1024


class LocalFiles:
    """Paths are relative to `root` unless absolute."""

    def __init__(self, root: str) -> None:
        self._root = root

    def read(self, path: str) -> bytes:
        full = os.path.join(self._root, path)
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(full, flags)
            with open(descriptor, "rb") as file:
                about = os.fstat(descriptor)
                if not stat.S_ISREG(about.st_mode):
                    raise Unavailable(UnavailableKind.REFUSED, f"{path} is not a regular file")
                data = b"" if about.st_size > MAX_BYTES else file.read(MAX_BYTES + 1)
        except (FileNotFoundError, NotADirectoryError):
            raise Unavailable(UnavailableKind.NOT_FOUND, f"{path} does not exist") from None
        except (OSError, ValueError) as wrong:
            reason = getattr(wrong, "strerror", None) or str(wrong)
            raise Unavailable(UnavailableKind.REFUSED, f"{path} cannot be read: {reason}") from None
        if max(len(data), about.st_size) > MAX_BYTES:
            raise Unavailable(UnavailableKind.TOO_LARGE, f"{path} is larger than {MAX_BYTES} bytes")
        return data
