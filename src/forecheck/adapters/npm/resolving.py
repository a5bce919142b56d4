"""Ask the real npm what it would write, in a private copy, with nothing of the packages run."""

import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from forecheck.adapters.npm.program import NpmError, NpmProgram
from forecheck.model import Missing, Unresolved

RegistryFor = Callable[[str], str]

DEADLINE_SECONDS = 900
MAX_OUTPUT = 64 * 1024


class _NpmFailure(msgspec.Struct, frozen=True):
    code: Any = ""
    summary: Any = ""
    detail: Any = ""


class _NpmAnswer(msgspec.Struct, frozen=True):
    error: _NpmFailure | None = None


def run_resolution(
    program: NpmProgram,
    arguments: Sequence[str],
    cwd: str,
    env: Mapping[str, str],
    while_waiting: Callable[[], None],
) -> _NpmFailure | None:
    """Run npm in lockfile-only mode; gives npm's own error, or None when it wrote the lockfile."""
    command = [*program.argv, *arguments]
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            while_waiting()
            out, err = process.communicate(timeout=DEADLINE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise NpmError(f"npm did not finish resolving in {DEADLINE_SECONDS} seconds") from None
        except BaseException:
            process.kill()
            raise
    if process.returncode == 0:
        return None
    return _failure(out) or _NpmFailure("", err[-MAX_OUTPUT:].decode(errors="replace").strip(), "")


def _failure(out: bytes) -> _NpmFailure | None:
    start = out.find(b"{")
    if start < 0:
        return None
    try:
        return msgspec.json.decode(out[start:], type=_NpmAnswer).error
    except msgspec.MsgspecError:
        return None


_NOT_IN_REGISTRY = re.compile(r"'(?P<name>@?[^'@\s]+)@(?P<wanted>[^']*)' is not in this registry")
_NOT_FOUND = re.compile(r"'(?P<name>@?[^'@\s]+)@(?P<wanted>[^']*)' (?:could not be found|is not in)")
_NO_VERSION = re.compile(
    r"No matching version found for (?P<name>@?[^@\s]+)@(?P<wanted>.*?)(?: with a date before .*)?\.?$"
)

_NO_VERSIONS = re.compile(r"^No versions available for (?P<name>\S+?)(?P<wanted>)$")


def explain(
    failure: _NpmFailure, registry_for: RegistryFor, project: Callable[[str], str], age_limit: str = ""
) -> Unresolved:
    """What npm could not find, as a subject to judge; raises `NpmError` when it failed for another reason.

    `project` puts paths of the private copy back to the project's own, for messages. `age_limit` is the setting by
    which npm takes no version that is too young: with it, npm says of a package of which all are that it has none.
    """
    code = str(failure.code)
    text = f"{failure.summary}\n{failure.detail}"
    if code == "E404":
        found = _NOT_IN_REGISTRY.search(text) or _NOT_FOUND.search(text)
        if found:
            return _unresolved(found, registry_for, Missing.PACKAGE)
    if code == "ENOVERSIONS":
        found = _NO_VERSIONS.search(str(failure.summary))
        if found and age_limit:
            raise NpmError(
                f"npm cannot resolve this ({code}): no version of {found['name']} is old enough for {age_limit}",
                f"npm view {found['name']} time",
                code,
            )
        if found:
            return _unresolved(found, registry_for, Missing.PACKAGE)
    if code == "ETARGET":
        found = _NO_VERSION.search(str(failure.summary))
        if found and " with a date before " not in str(failure.summary):
            return _unresolved(found, registry_for, Missing.VERSION)
    raise NpmError(*_words(code, project(str(failure.summary)), project(str(failure.detail))), code)


def _unresolved(found: "re.Match[str]", registry_for: RegistryFor, missing: Missing) -> Unresolved:
    name = found["name"]
    return Unresolved(name=name, wanted=found["wanted"], registry=registry_for(name), missing=missing)


_HINTS = {
    "E401": "the registry wants a token: npm login, or check _authToken in your ~/.npmrc",
    "E403": "the registry refuses this: check the token and its rights",
    "ERESOLVE": "peer dependencies conflict; npm explains it above (--legacy-peer-deps is npm's own way past)",
    "ENOTFOUND": "is the network up, and is the registry's name right? (npm config get registry)",
    "ECONNREFUSED": "is the registry up? (npm config get registry)",
    "ETIMEDOUT": "is the network up? a proxy may be missing from your npm configuration",
    "ENOTCACHED": "run once without --offline",
    "EUSAGE": "",
}


def _words(code: str, summary: str, detail: str) -> tuple[str, str]:
    first = summary.strip() or detail.strip() or "npm failed without saying why"
    rest = detail.strip() if summary.strip() else ""
    message = f"npm cannot resolve this{f' ({code})' if code else ''}: {first}"
    if rest and rest not in message:
        message = f"{message}\n{rest}"
    return message, _HINTS.get(code, "")
