"""Changes to the user's files: a trust record, an exception. Whole files are replaced in one step."""

import os
import stat
from collections.abc import Sequence

import msgspec

from forecheck.adapters.settings import BOM, Document, exists, read
from forecheck.check import Check
from forecheck.config import ConfigError
from forecheck.config.edit import with_exception
from forecheck.config.trust import TrustBook
from forecheck.report import Ignore

OWN = 0o600
SHARED = 0o644


def write_book(path: str, book: TrustBook) -> None:
    """Keep the trust records; raises `ConfigError` where that is not possible."""
    _replace(path, msgspec.json.format(msgspec.json.encode(book), indent=2) + b"\n", OWN)


def record_exception(path: str, ignore: Ignore, checks: Sequence[Check], *, mode: int = OWN) -> Document:
    """Add the exception to the forecheck.toml at `path` and give the file as it is now.

    What stands there already stays byte for byte. A missing file is made with `mode`; a symbolic link is followed.
    Raises `ConfigError`, and has then changed nothing.
    """
    data, text, target = b"", "", os.path.realpath(path)
    if exists(path):
        document = read(path)
        data, text = document.data, document.text
        mode = stat.S_IMODE(os.stat(target).st_mode)
    after = with_exception(text, ignore, path, checks).encode()
    if data.startswith(BOM):
        after = BOM + after
    _replace(target, after, mode)
    return Document(target, after, after.removeprefix(BOM).decode())


def _replace(path: str, data: bytes, mode: int) -> None:
    """Write beside the file, then rename: a reader sees the old file or the new one, never half of it."""
    from tempfile import mkstemp

    folder = os.path.dirname(path)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        descriptor, beside = mkstemp(prefix=".forecheck-", dir=folder)
        try:
            with open(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(beside, mode)
            os.replace(beside, path)
        except OSError:
            os.unlink(beside)
            raise
    except OSError as wrong:
        raise ConfigError(path, 1, f"cannot be written: {wrong.strerror or wrong}") from None
