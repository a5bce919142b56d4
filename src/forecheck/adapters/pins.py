"""Signing keys of registries, remembered between runs: a file for each registry, never changed in place.

Runs may overlap: the first to remember a registry wins, and the others go by what it remembered.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import msgspec

from forecheck.model import Unavailable, UnavailableKind
from forecheck.signing.pinned import Pinned

MAX_BYTES = 512 * 1024
_SUFFIX = ".json"


class PinFolder:
    """Implements the `Pins` port. `notices` are lines about the run: what was remembered, or could not be."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._unkept: dict[str, Pinned] = {}
        self.notices: list[str] = []

    def of(self, registry: str) -> Pinned | None:
        if registry in self._unkept:
            return self._unkept[registry]
        pinned = self._read(self.path_of(registry))
        if pinned is not None and pinned.registry != registry:
            raise _damaged(self.path_of(registry), f"is about {pinned.registry}")
        return pinned

    def first(self, pinned: Pinned) -> Pinned:
        """A folder that cannot be written to is no reason to stop: then the keys hold for this run, which says so."""
        path = self.path_of(pinned.registry)
        try:
            with _beside(self.folder, pinned) as fresh:
                _claim(fresh, path)
        except FileExistsError:
            return self.of(pinned.registry) or pinned
        except OSError as wrong:
            reason = wrong.strerror or str(wrong)
            self.notices.append(f"the keys of {pinned.registry} could not be remembered in {path}: {reason}")
            self._unkept[pinned.registry] = pinned
            return pinned
        count = f"{len(pinned.keys)} key{'' if len(pinned.keys) == 1 else 's'}"
        self.notices.append(f"{pinned.registry} signs what it serves; its {count} will be remembered")
        return pinned

    def replace(self, pinned: Pinned) -> None:
        """Remember this from now on; raises `OSError`."""
        with _beside(self.folder, pinned) as fresh:
            os.replace(fresh, self.path_of(pinned.registry))

    def forget(self, registry: str) -> bool:
        """Whether there was something to forget; raises `OSError`."""
        try:
            os.unlink(self.path_of(registry))
        except FileNotFoundError:
            return False
        return True

    def all(self) -> Mapping[str, Pinned]:
        """What is remembered, by path of the file; raises `Unavailable` as `of` does."""
        try:
            names = sorted(os.listdir(self.folder))
        except FileNotFoundError:
            return {}
        except OSError as wrong:
            raise Unavailable(
                UnavailableKind.REFUSED, f"{self.folder} cannot be read: {wrong.strerror}"
            ) from None
        paths = [os.path.join(self.folder, name) for name in names if name.endswith(_SUFFIX)]
        return {path: pinned for path in paths if (pinned := self._read(path)) is not None}

    def path_of(self, registry: str) -> str:
        """Where a registry's keys are: its host, and a digest that keeps registries of one host apart."""
        host = registry.partition("://")[2].partition("/")[0].rpartition("@")[2]
        plain = "".join(char if (char.isalnum() and char.isascii()) or char in ".-" else "_" for char in host)
        digest = hashlib.sha256(registry.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return os.path.join(self.folder, f"{plain[:100].lstrip('.')}-{digest}{_SUFFIX}")

    def _read(self, path: str) -> Pinned | None:
        try:
            with open(path, "rb") as file:
                data = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as wrong:
            reason = f"{path} cannot be read: {wrong.strerror or wrong}"
            raise Unavailable(UnavailableKind.REFUSED, reason) from None
        if len(data) > MAX_BYTES:
            raise _damaged(path, f"is larger than {MAX_BYTES} bytes")
        try:
            return msgspec.json.decode(data, type=Pinned)
        except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
            raise _damaged(path, f"is damaged ({wrong})") from None


def _damaged(path: str, why: str) -> Unavailable:
    reason = f"the remembered keys in {path}: the file {why}; find out why, then delete it to begin anew"
    return Unavailable(UnavailableKind.MALFORMED, reason)


@contextmanager
def _beside(folder: str, pinned: Pinned) -> Iterator[str]:
    """A complete file in the folder under another name, removed afterwards if it still has that name."""
    from tempfile import mkstemp

    os.makedirs(folder, mode=0o700, exist_ok=True)
    descriptor, path = mkstemp(prefix=".forecheck-", dir=folder)
    try:
        with open(descriptor, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(pinned), indent=2) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        yield path
    finally:
        with suppress(FileNotFoundError):
            os.unlink(path)


def _claim(fresh: str, path: str) -> None:
    """Give a finished file its name; FileExistsError where another run was first."""
    if os.name == "nt":
        os.rename(fresh, path)  # which there never replaces anything
        return
    try:
        os.link(fresh, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        os.replace(fresh, path)
