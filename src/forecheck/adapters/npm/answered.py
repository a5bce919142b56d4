"""Whether npm need not be asked what it would install, because the project's lockfile says it."""

import os
from typing import Any

import msgspec

from forecheck.adapters.npm.program import NpmProgram
from forecheck.adapters.npm.project import Inputs
from forecheck.resolve.satisfied import doubt

_KNOWN_MAJORS = (10, 11)
"""The npm versions whose tree builder `resolve.satisfied` describes."""


def lockfile_answers(program: NpmProgram, inputs: Inputs) -> bool:
    """Whether a plain `npm install` would change nothing in the lockfile; False wherever that is not certain."""
    if program.version[0] not in _KNOWN_MAJORS or not inputs.lockfile:
        return False
    try:
        lockfile = _decoded(inputs.files[inputs.lockfile])
        manifests = {
            os.path.dirname(path).replace(os.sep, "/"): _decoded(data)
            for path, data in inputs.files.items()
            if os.path.basename(path) == "package.json"
        }
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return not doubt(lockfile, manifests)


def _decoded(data: bytes) -> Any:
    return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
