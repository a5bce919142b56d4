"""Texts of lockfiles that hold several things at once: yarn's locators and descriptors, and where a source stands."""

from collections.abc import Iterator
from urllib.parse import unquote

from forecheck.model import Entry, FromDirectory, FromGit, FromTarball, FromUnknown

BERRY = "yarn-berry"
CLASSIC = "yarn-classic"


def split_descriptor(text: str) -> tuple[str, str]:
    """`name@range`, `@scope/name@range` and locators: name and the rest; the rest is empty without an `@`."""
    at = text.find("@", 1)
    return (text, "") if at < 0 else (text[:at], text[at + 1 :])


def descriptors(entry: Entry) -> tuple[tuple[str, str], ...]:
    """What a yarn entry is filed under: names and ranges."""
    parts = (part.strip().strip('"') for part in entry.location.split(", "))
    return tuple(split_descriptor(part) for part in parts if part)


def folder_of(entry: Entry) -> str:
    """The folder of a project or workspace, relative to the lockfile's; empty for the lockfile's own."""
    origin = entry.release.origin
    return (
        origin.path.removeprefix("./").removesuffix("/").removeprefix(".")
        if isinstance(origin, FromDirectory) and not origin.path.startswith("..")
        else entry.location
    )


def written_wants(entry: Entry) -> Iterator[str]:
    """What the entry's own key says was asked for, where a key holds that; ranges without yarn's `npm:`."""
    for _, wanted in descriptors(entry):
        yield wanted.partition("::")[0]


def reference(locator: str) -> str:
    """What a locator refers to, patches taken off: `npm:1.2.3`, `https://…`; parameters (`::k=v`) stay."""
    _, text = split_descriptor(locator)
    while text.startswith(("patch:", "virtual:")):
        inner = text.partition(":")[2].partition("#")[2 if text.startswith("virtual:") else 0]
        further = inner if text.startswith("virtual:") else split_descriptor(unquote(inner))[1]
        if not further or further == text:
            break
        text = further
    return text


def archive_url(ref: str) -> str:
    """The tarball that yarn's `__archiveUrl` puts in the place of the registry's; empty without one."""
    from urllib.parse import parse_qsl  # as yarn reads it: escapes count in keys too

    urls = [value for key, value in parse_qsl(ref.partition("::")[2]) if key == "__archiveUrl"]
    return urls[0] if urls else ""


def located_version(entry: Entry) -> str:
    """The version inside a berry entry's `npm:` reference; empty for other references."""
    ref = reference(entry.resolved)
    return ref.removeprefix("npm:").partition("::")[0] if ref.startswith("npm:") else ""


def source_text(entry: Entry, format_: str) -> str:
    """The text that tells where the entry's bytes come from; empty where its registry is meant."""
    if format_ == BERRY and entry.resolved:
        ref = reference(entry.resolved)
        if ref.startswith("npm:"):
            return "" if "::" not in ref else archive_url(ref)
        return ref or entry.resolved
    if entry.resolved:
        return entry.resolved
    origin = entry.release.origin
    if isinstance(origin, FromGit | FromTarball):
        return origin.url
    if isinstance(origin, FromUnknown):
        return origin.text
    return f"file:{origin.path}" if isinstance(origin, FromDirectory) else ""
