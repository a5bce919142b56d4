"""Which project files the user has trusted: by place and content, so that a changed file is a stranger again."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

import msgspec


class Trust(Enum):
    """How the user stands to a project's forecheck.toml."""

    UNKNOWN = "unknown"
    CHANGED = "changed"
    TRUSTED = "trusted"


class TrustRecord(msgspec.Struct, frozen=True):
    """A promise: the file with this SHA-256 (hex), trusted since `at` (aware, UTC)."""

    sha256: str
    at: datetime


class TrustBook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of the user's promises, by the absolute path of the file with its symbolic links resolved."""

    files: Mapping[str, TrustRecord] = {}

    def of(self, path: str, sha256: str) -> Trust:
        record = self.files.get(path)
        if record is None:
            return Trust.UNKNOWN
        return Trust.TRUSTED if record.sha256 == sha256 else Trust.CHANGED

    def with_file(self, path: str, record: TrustRecord) -> "TrustBook":
        return TrustBook({**self.files, path: record})

    def without(self, path: str) -> "TrustBook":
        return TrustBook({name: record for name, record in self.files.items() if name != path})
