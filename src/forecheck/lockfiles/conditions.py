"""`os`, `cpu` and `libc` as lockfiles give them: one name or a list, `!` before a name for all others."""

from typing import Any


def conditions(**fields: Any) -> tuple[str, ...]:
    """As an entry's `platform`: `os=darwin`, `cpu=!arm64`. What is neither text nor a list of it says nothing."""
    found: list[str] = []
    for field, value in fields.items():
        listed = value if isinstance(value, list) else [value]
        found += [f"{field}={one}" for one in listed if isinstance(one, str)]
    return tuple(found)
