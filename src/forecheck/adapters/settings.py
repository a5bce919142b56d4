"""forecheck.toml on disk: where the files are, what they hold, and who trusts them."""

import hashlib
import os
import stat
import sys
from collections.abc import Mapping, Sequence

import msgspec

from forecheck.check import Check
from forecheck.config import Config, ConfigError, FileConfig, Notice, merge, parse
from forecheck.config.parse import MAX_CHARACTERS
from forecheck.config.trust import Trust, TrustBook

FILE_NAME = "forecheck.toml"
BOM = b"\xef\xbb\xbf"
_MAX_BYTES = 4 * MAX_CHARACTERS


class Places(msgspec.Struct, frozen=True):
    """Where this user's files are: `config` may not exist, unless `explicit` says that somebody named it."""

    home: str
    config: str
    trust: str
    explicit: bool = False

    @property
    def registry_keys(self) -> str:
        """The folder in which the signing keys of registries are remembered."""
        return os.path.join(os.path.dirname(self.trust), "registry-keys")


class Document(msgspec.Struct, frozen=True):
    """A forecheck.toml that was read: the path with symbolic links resolved, and what stood there."""

    path: str
    data: bytes
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


class Settings(msgspec.Struct, frozen=True):
    """What applies to a run in one folder. A path is empty where there is no such file."""

    config: Config
    notices: tuple[Notice, ...]
    trust: Trust
    user_path: str
    project_path: str


def places(env: Mapping[str, str], cwd: str, platform: str = sys.platform) -> Places:
    r"""The user's own files.

    `$FORECHECK_CONFIG`, else `$XDG_CONFIG_HOME/forecheck/forecheck.toml` (XDG Base Directory 0.8: a relative
    value is ignored), `~/Library/Application Support/forecheck` on macOS, `%APPDATA%\forecheck` on Windows. Trust is
    recorded in `$XDG_STATE_HOME/forecheck`, the same folder on macOS, `%LOCALAPPDATA%\forecheck` on Windows.
    """
    home = env.get("USERPROFILE" if platform == "win32" else "HOME") or os.path.expanduser("~")
    if platform == "win32":
        config = env.get("APPDATA") or os.path.join(home, "AppData", "Roaming")
        state = env.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
    elif platform == "darwin":
        config = state = os.path.join(home, "Library", "Application Support")
    else:
        config = _absolute(env.get("XDG_CONFIG_HOME")) or os.path.join(home, ".config")
        state = _absolute(env.get("XDG_STATE_HOME")) or os.path.join(home, ".local", "state")
    chosen = env.get("FORECHECK_CONFIG", "")
    return Places(
        home=home,
        config=os.path.join(cwd, chosen) if chosen else os.path.join(config, "forecheck", FILE_NAME),
        trust=os.path.join(state, "forecheck", "trust.json"),
        explicit=bool(chosen),
    )


def _absolute(path: str | None) -> str:
    return path if path and os.path.isabs(path) else ""


def find_project(folder: str, user: Places) -> str:
    """The project's forecheck.toml, or empty: the nearest one from `folder` upwards.

    The search ends with the folder that holds `.git`, because what lies above a repository is not part of it, and
    does not go up into the home folder. The user's own file is never taken for a project's.
    """
    folder = os.path.realpath(folder)
    home, own = os.path.realpath(user.home), os.path.realpath(user.config)
    while True:
        path = os.path.join(folder, FILE_NAME)
        if exists(path) and os.path.realpath(path) != own:
            return path
        above = os.path.dirname(folder)
        if above in (folder, home) or exists(os.path.join(folder, ".git")):
            return ""
        folder = above


def new_project_path(folder: str) -> str:
    """Where a project's file belongs that does not exist yet: at the top of the repository, else in the folder."""
    start = above = os.path.realpath(folder)
    while not exists(os.path.join(above, ".git")):
        if above == os.path.dirname(above):
            return os.path.join(start, FILE_NAME)
        above = os.path.dirname(above)
    return os.path.join(above, FILE_NAME)


def load(
    folder: str,
    env: Mapping[str, str],
    checks: Sequence[Check],
    platform: str = sys.platform,
    *,
    cwd: str = "",
) -> Settings:
    """The configuration of a run for the project in `folder`; raises `ConfigError`.

    `cwd` is where a relative `$FORECHECK_CONFIG` starts, the project's folder if empty.
    """
    user = places(env, cwd or folder, platform)
    own = read_user(user, checks)
    project_path = find_project(folder, user)
    project, trust = None, Trust.UNKNOWN
    if project_path:
        document = read(project_path)
        project = parse(document.text, project_path, checks)
        trust = read_book(user.trust).of(document.path, document.sha256)
    config, notices = merge(own, project, trusted=trust is Trust.TRUSTED, checks=checks)
    if notices and trust is Trust.CHANGED:
        changed = Notice(project_path, 1, "all of it", "it has changed since you trusted it")
        notices = (changed, *notices)
    return Settings(_at_home(config, user.home), notices, trust, own.path if own else "", project_path)


def _at_home(config: Config, home: str) -> Config:
    folder = config.network.cache_dir
    if not folder.startswith("~/"):
        return config
    network = msgspec.structs.replace(config.network, cache_dir=os.path.join(home, folder[2:]))
    return msgspec.structs.replace(config, network=network)


def configured(folder: str, env: Mapping[str, str]) -> bool:
    """Whether there is any file that `load` would read."""
    user = places(env, folder)
    return user.explicit or exists(user.config) or bool(find_project(folder, user))


def read_user(user: Places, checks: Sequence[Check]) -> FileConfig | None:
    """The user's own file; None where there is none and nobody named one. Raises `ConfigError`."""
    if not user.explicit and not exists(user.config):
        return None
    return parse(read(user.config).text, user.config, checks)


def read(path: str) -> Document:
    """Read a forecheck.toml; raises `ConfigError` for anything but a regular file of UTF-8 text."""
    data = _bytes(path)
    if data is None:
        raise ConfigError(path, 1, "does not exist")
    try:
        text = data.removeprefix(BOM).decode()
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start + len(data) - len(data.removeprefix(BOM))) + 1
        raise ConfigError(path, line, "is not UTF-8 text", "save the file as UTF-8") from None
    return Document(os.path.realpath(path), data, text)


def read_book(path: str) -> TrustBook:
    """The trust records; empty where there are none. Raises `ConfigError` where they cannot be read: then nobody
    knows what the user trusts, and a write would lose it.
    """
    data = _bytes(path)
    if data is None:
        return TrustBook()
    try:
        return msgspec.json.decode(data, type=TrustBook)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        hint = "delete the file and trust your projects again"
        raise ConfigError(path, 1, f"is damaged: {wrong}", hint) from None


def exists(path: str) -> bool:
    """Whether something is there, a broken link included; raises `ConfigError` where that cannot be told."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as wrong:
        raise _unreadable(path, wrong) from None
    return True


def _bytes(path: str) -> bytes | None:
    """Limited, and without waiting: a repository may hold a pipe or a link to a device. None: nothing there."""
    if not exists(path):
        return None
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise ConfigError(path, 1, "is not a regular file")
        with open(descriptor, "rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as wrong:
        raise _unreadable(path, wrong) from None
    if len(data) > _MAX_BYTES:
        raise ConfigError(path, 1, f"is larger than {_MAX_BYTES} bytes")
    return data


def _unreadable(path: str, wrong: Exception) -> ConfigError:
    return ConfigError(path, 1, f"cannot be read: {getattr(wrong, 'strerror', None) or wrong}")
