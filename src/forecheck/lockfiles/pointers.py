"""JSON pointers (RFC 6901): how a place in a lockfile is written down."""


def token(key: str) -> str:
    """One step of a pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def pointer(*keys: str) -> str:
    """A whole pointer."""
    return "".join([f"/{token(key)}" for key in keys])
