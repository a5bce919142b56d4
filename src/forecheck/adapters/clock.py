"""The wall clock: read once, at the start of a run."""

from datetime import UTC, datetime

from forecheck.model import Now


def system_now() -> Now:
    return Now(datetime.now(UTC))
