"""What a command gets from the process it runs in; tests pass their own."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TextIO

import msgspec


class Ports(msgspec.Struct, frozen=True):
    """Streams, environment, folder and clock. `now` gives an aware instant."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    env: Mapping[str, str]
    cwd: str
    now: Callable[[], datetime]

    def at(self, folder: str) -> "Ports":
        """The same in another folder."""
        return msgspec.structs.replace(self, cwd=folder)
