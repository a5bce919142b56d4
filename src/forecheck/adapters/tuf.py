"""One update from a TUF repository through our own network: proxies, certificates, limits and deadlines included."""

import os
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from forecheck.model import Unavailable, UnavailableKind
from forecheck.ports import Http, Request

if TYPE_CHECKING:
    from tuf.ngclient.fetcher import FetcherInterface
    from tuf.ngclient.updater import Updater

TRUSTED_ROOT: Final = "trusted_root.json"
NPM_KEYS: Final = "registry.npmjs.org/keys.json"
MAX_BYTES: Final = 8 * 1024 * 1024
_ROOTS: Final = "root_history"
_NAME: Final = re.compile(r"(?:[A-Za-z0-9%._-]+|root_history/[0-9]+\.root)\.json")
"""What the library calls the files of its metadata folder (python-tuf 7)."""


class RefusedUpdate(Exception):  # noqa: N818  (an outcome of looking, not a fault)
    """What the repository offers does not hold: expired, wrongly signed, rolled back, or incomplete."""


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """What an update leaves for the next: the role metadata by file name, and the two targets."""

    metadata: Mapping[str, bytes]
    trusted_root: bytes
    npm_keys: bytes


def update(http: Http, url: str, root: bytes, known: Mapping[str, bytes]) -> Kept:
    """What the repository at `url` offers now, verified from the root role on.

    `known` is the metadata of the last update: without it nothing tells an old repository from the current one.
    Raises `RefusedUpdate`, or `Unavailable` as `http` does.
    """
    import logging
    import tempfile

    from tuf.api.exceptions import DownloadError, RepositoryError
    from tuf.ngclient.updater import Updater

    logging.getLogger("tuf").addHandler(logging.NullHandler())  # else its warnings reach the terminal
    fetcher = _fetcher(http)
    with tempfile.TemporaryDirectory(prefix="forecheck-tuf-") as folder:
        _lay_out(folder, known)
        targets = os.path.join(folder, "targets")
        os.mkdir(targets)
        try:
            updater = Updater(
                metadata_dir=folder,
                metadata_base_url=url,
                target_dir=targets,
                target_base_url=f"{url.rstrip('/')}/targets/",
                fetcher=fetcher,
                bootstrap=root,
            )
            updater.refresh()
            trusted_root, npm_keys = _target(updater, TRUSTED_ROOT), _target(updater, NPM_KEYS)
        except DownloadError as failed:
            raise _reason(failed) from None
        except (RepositoryError, ValueError) as wrong:
            raise RefusedUpdate(str(wrong) or type(wrong).__name__) from None
        except OSError as failed:
            reason = f"the update needs a temporary folder: {failed.strerror}"
            raise Unavailable(UnavailableKind.REFUSED, reason) from None
        return Kept(_collect(folder), trusted_root, npm_keys)


def _target(updater: "Updater", name: str) -> bytes:
    info = updater.get_targetinfo(name)
    if info is None:
        raise RefusedUpdate(f"it has no {name}")
    if info.length > MAX_BYTES:
        raise RefusedUpdate(f"its {name} has {info.length} bytes")
    with open(updater.download_target(info), "rb") as file:
        return file.read()


def _fetcher(http: Http) -> "FetcherInterface":
    from tuf.api.exceptions import DownloadHTTPError
    from tuf.ngclient.fetcher import FetcherInterface

    class Fetcher(FetcherInterface):
        def _fetch(self, url: str) -> Iterator[bytes]:
            request = Request(url=url, source="sigstore-tuf", accept="*/*", max_bytes=MAX_BYTES)
            try:
                return iter((http.get(request).body,))
            except Unavailable as missing:
                if (
                    missing.kind is UnavailableKind.NOT_FOUND
                ):  # how a repository says that there is no newer root
                    raise DownloadHTTPError(missing.reason, 404) from None
                raise

    return Fetcher()


def _reason(failed: Exception) -> Unavailable:
    """What the network said, which the library puts behind an error of its own."""
    cause = failed.__cause__
    if isinstance(cause, Unavailable):
        return cause
    return Unavailable(UnavailableKind.MALFORMED, str(failed))


def _lay_out(folder: str, known: Mapping[str, bytes]) -> None:
    os.mkdir(os.path.join(folder, _ROOTS))
    for name, data in known.items():
        if _NAME.fullmatch(name):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)


def _collect(folder: str) -> dict[str, bytes]:
    """The metadata files, with every version of the root role since the first; root.json is a link to the last."""
    found: dict[str, bytes] = {}
    for parent in ("", f"{_ROOTS}/"):
        for entry in os.scandir(os.path.join(folder, parent)):
            if entry.is_file(follow_symlinks=False) and _NAME.fullmatch(f"{parent}{entry.name}"):
                with open(entry.path, "rb") as file:
                    found[f"{parent}{entry.name}"] = file.read()
    return found
