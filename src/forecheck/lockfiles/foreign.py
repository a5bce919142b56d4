"""Whose code a lockfile entry stands for."""

from forecheck.model import Entry, EntryKind, FromDirectory


def brings_code(entry: Entry) -> bool:
    """Whether an entry stands for somebody else's code: packages, and folders outside the project's workspaces.

    A link into a folder that the lockfile itself lists belongs to the project; a link out of it does not.
    """
    if entry.kind is EntryKind.PACKAGE:
        return True
    if entry.kind is EntryKind.LINK and isinstance(entry.release.origin, FromDirectory):
        return _leaves_project(entry.release.origin.path)
    return False


def _leaves_project(path: str) -> bool:
    """Whether a path with slashes may lead out of the folder it is relative to."""
    parts = path.split("/")
    return path.startswith("/") or ":" in parts[0] or ".." in parts
