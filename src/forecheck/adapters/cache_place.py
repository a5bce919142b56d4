"""Where the cache lives, and whether that place can be trusted."""

import os
import stat
import sys
from collections.abc import Mapping


class UnsafePlace(Exception):  # noqa: N818  (an outcome of looking, not a fault)
    """Somebody else could decide what the cache says."""


def default_directory(environ: Mapping[str, str], platform: str = sys.platform) -> str:
    r"""`$FORECHECK_CACHE`, or the platform's place for caches.

    `$XDG_CACHE_HOME/forecheck` (XDG Base Directory 0.8: a relative value is ignored), `~/Library/Caches/forecheck`
    on macOS, `%LOCALAPPDATA%\forecheck\Cache` on Windows.
    """
    if chosen := environ.get("FORECHECK_CACHE"):
        return os.path.abspath(chosen)
    home = environ.get("USERPROFILE" if platform == "win32" else "HOME") or os.path.expanduser("~")
    if platform == "win32":
        local = environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
        return os.path.join(local, "forecheck", "Cache")
    if platform == "darwin":
        return os.path.join(home, "Library", "Caches", "forecheck")
    xdg = environ.get("XDG_CACHE_HOME", "")
    return os.path.join(xdg if xdg.startswith("/") else os.path.join(home, ".cache"), "forecheck")


def prepare(path: str) -> None:
    """Make the cache file's directory (0700) and the file (0600) if they are missing, and look at their owners.

    Raises `UnsafePlace`, or `OSError` where they cannot be made.
    """
    directory = os.path.dirname(path)
    os.makedirs(directory, mode=0o700, exist_ok=True)
    trust(directory)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        trust(path)


def trust(place: str) -> None:
    """Raise `UnsafePlace` where another user owns the file or folder or could write to it."""
    if os.name != "posix":  # elsewhere the profile folder's access list decides, which mode bits do not show
        return
    seen = os.stat(place)
    if seen.st_uid != os.geteuid():
        through = " (through a symbolic link)" if os.path.islink(place) else ""
        raise UnsafePlace(f"{place} belongs to another user{through}")
    if seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise UnsafePlace(f"{place} can be written by other users (chmod go-w it)")
