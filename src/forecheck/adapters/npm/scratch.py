"""A private copy of what npm needs to resolve a project, laid out so that paths keep their meaning."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from typing import Any

from forecheck.adapters.npm.project import HIDDEN_LOCKFILE, Inputs, ManifestFile, manifests, read_file
from forecheck.decode import Malformed, read_json
from forecheck.lockfiles.origins import is_archive

MAX_LOCAL_ARCHIVE = 512 * 1024 * 1024
MAX_MANIFEST = 16 * 1024 * 1024
MAX_LOCAL_FOLDERS = 1_000


class Scratch:
    """A temporary folder: `fs/` mirrors absolute paths, `home/` is npm's HOME. Removed by `close`."""

    def __init__(self) -> None:
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="forecheck-"))
        self.home = os.path.join(self.folder, "home")
        os.mkdir(self.home, 0o700)
        self._seen: set[str] = set()

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def mirror(self, path: str) -> str:
        """Where an absolute path of the real file system lies in here."""
        drive, rest = os.path.splitdrive(os.path.abspath(path))
        parts = [drive.replace(":", "").replace("\\", "_").replace("/", "_"), rest.lstrip("/\\")]
        return os.path.join(self.folder, "fs", *[part for part in parts if part])

    def unmirrored(self, message: str) -> str:
        """A message of npm's with the private copy's paths put back to the project's own."""
        return message.replace(os.path.join(self.folder, "fs"), "")

    def lay_out(self, inputs: Inputs, npmrc: str) -> None:
        """Copy the project: manifests, lockfile, the sanitised .npmrc and what `file:` specs point to.

        A folder without a package.json gets an empty one, so that npm does not look for a project further up.
        """
        for path, data in inputs.files.items():
            self._write(os.path.join(inputs.root, path), data)
        self._write(os.path.join(inputs.root, ".npmrc"), npmrc.encode())
        if "package.json" not in inputs.files:
            self._write(os.path.join(inputs.root, "package.json"), b"{}\n")
        for folder, manifest in manifests(inputs):
            self.bring_local(manifest.specs(), os.path.join(inputs.root, folder))

    def seed_from_installed(self, inputs: Inputs) -> None:
        """With no lockfile npm starts from what is in node_modules; its hidden lockfile says what that is."""
        hidden = read_file(os.path.join(inputs.root, HIDDEN_LOCKFILE))
        if inputs.lockfile or hidden is None or "package.json" not in inputs.files:
            return
        try:
            tree = json.loads(hidden)
            root = json.loads(inputs.files["package.json"])
            packages: dict[str, Any] = tree["packages"]
        except (ValueError, KeyError, TypeError):
            return
        sections = ("name", "version", "workspaces", *_SECTIONS, "peerDependenciesMeta")
        tree["packages"] = {"": {key: root[key] for key in sections if key in root}, **packages}
        self._write(os.path.join(inputs.root, "package-lock.json"), json.dumps(tree).encode())

    def bring_local(self, specs: Iterable[str], base: str) -> None:
        """Copy what path specs point to: archives whole, folders by their manifest and what it points to."""
        for spec in specs:
            path = local_path(spec, base)
            if path is not None:
                self._bring(path)

    def _bring(self, path: str) -> None:
        if path in self._seen:
            return
        self._seen.add(path)
        if len(self._seen) > MAX_LOCAL_FOLDERS:
            raise Malformed(path, f"more than {MAX_LOCAL_FOLDERS} local dependencies")
        if is_archive(path) and os.path.isfile(path):
            if os.path.getsize(path) > MAX_LOCAL_ARCHIVE:
                raise Malformed(path, f"is larger than {MAX_LOCAL_ARCHIVE} bytes")
            os.makedirs(os.path.dirname(self.mirror(path)), exist_ok=True)
            shutil.copyfile(path, self.mirror(path))
            return
        where = os.path.join(path, "package.json")
        data = read_file(where)
        if data is None:
            return
        if not os.path.exists(self.mirror(where)):
            self._write(where, data)
        self.bring_local(read_json(data, ManifestFile, where, max_bytes=MAX_MANIFEST).specs(), path)

    def _write(self, original: str, data: bytes) -> None:
        path = self.mirror(original)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)

    def write_home(self, name: str, text: str) -> str:
        """Write a file into the private HOME, readable by its owner only; gives its path."""
        path = os.path.join(self.home, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        return path


_SECTIONS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_PATH_STARTS = ("./", "../", "/", "~/", ".\\", "..\\")


def local_path(spec: str, base: str) -> str | None:
    """The absolute path a dependency spec points to, None when it is not a path."""
    for prefix in ("file:", "link:"):
        if spec.startswith(prefix):
            path = spec[len(prefix) :]
            return _absolute(path if not path.startswith("//") else "/" + path.lstrip("/"), base)
    if spec in (".", "..") or spec.startswith(_PATH_STARTS) or os.path.splitdrive(spec)[0]:
        return _absolute(spec, base)
    return None


def _absolute(path: str, base: str) -> str:
    return os.path.normpath(os.path.join(base, os.path.expanduser(path) if path.startswith("~") else path))


def private_environment(
    env: Mapping[str, str], scratch: Scratch, settings: Mapping[str, str]
) -> dict[str, str]:
    """The environment npm resolves in: the user's own, with HOME and the given npm settings replaced.

    The lifecycle shell is a path that does not exist: npm 10 runs `prepare` of git dependencies while
    resolving even with scripts off, and this makes it fail instead.
    """
    forced = {
        "ignore_scripts": "true",
        "script_shell": os.path.join(scratch.folder, "scripts-must-not-run"),
        "audit": "false",
        "fund": "false",
        "update_notifier": "false",
        "progress": "false",
        "logs_max": "0",
        **settings,
    }
    names = {
        key.replace("-", "_").lower()
        for key in (*forced, "prefix", "global", "location", "dry_run", "node_options")
    }
    kept = {key: value for key, value in env.items() if not _sets_npm(key, names)}
    gitconfig = os.path.join(env.get("HOME", ""), ".gitconfig")
    if "GIT_CONFIG_GLOBAL" not in env and os.path.isfile(gitconfig):
        kept["GIT_CONFIG_GLOBAL"] = gitconfig
    kept |= {f"npm_config_{key}": value for key, value in forced.items()}
    return kept | {"HOME": scratch.home, "USERPROFILE": scratch.home, "GIT_TERMINAL_PROMPT": "0"}


def _sets_npm(variable: str, names: set[str]) -> bool:
    lowered = variable.lower()
    return lowered.startswith("npm_config_") and lowered[11:].replace("-", "_") in names
