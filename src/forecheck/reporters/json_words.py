"""The closed sets of words in the JSON report. They are its own: the model may change, these may not."""

from enum import StrEnum


class Decision(StrEnum):
    """What may happen next: `allow` for what is only noted."""

    ALLOW = "allow"
    WARN = "warn"
    BLOCK = "block"


class Severity(StrEnum):
    """How bad it is if it is true."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Confidence(StrEnum):
    """How sure the check is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Absence(StrEnum):
    """Why evidence could not be had. `unsupported`: this source offers none for this subject."""

    OFFLINE = "offline"
    NOT_FOUND = "not-found"
    REFUSED = "refused"
    TOO_LARGE = "too-large"
    TIMEOUT = "timeout"
    MALFORMED = "malformed"
    UNSUPPORTED = "unsupported"


class Change(StrEnum):
    """What the command would do. `changed`: another version, source or content in the same place."""

    ADDED = "added"
    CHANGED = "changed"
    KEPT = "kept"
    REMOVED = "removed"


class Missing(StrEnum):
    """What the registry does not have."""

    PACKAGE = "package"
    VERSION = "version"


class LockfileChangeKind(StrEnum):
    """What became of a package. `integrity-changed`: other contents under the same version; `pinned-otherwise`: a
    hash of another kind, or none where there was one.
    """

    INTEGRITY_CHANGED = "integrity-changed"
    SOURCE_CHANGED = "source-changed"
    PINNED_OTHERWISE = "pinned-otherwise"
    DOWNGRADED = "downgraded"
    UPGRADED = "upgraded"
    ADDED = "added"
    REMOVED = "removed"
