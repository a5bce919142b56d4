"""What bun means by the resolution in `name@resolution`, in bun.lock and bun.lockb alike."""

from collections.abc import Sequence

import msgspec

from forecheck.lockfiles.origins import RegistryFor, is_archive, origin_of
from forecheck.model import FromDirectory, FromGit, FromTarball, FromUnknown, Origin
from forecheck.npm.version import parse_version

_LOCAL = ("link:", "workspace:", "file:")
_GIT = ("git+", "git:", "git@", "ssh:", "github:", "gitlab:", "bitbucket:", "gist:")


class Source(msgspec.Struct, frozen=True, gc=False):
    """Where a package comes from: `version` only where a registry has it, `resolved` as written."""

    version: str
    origin: Origin
    resolved: str
    integrity: str


def source_of(name: str, resolution: str, fields: Sequence[str], registry_for: RegistryFor) -> Source:
    """The source of a package; `fields` are the texts that follow `name@resolution` in its tuple.

    After a version they are a URL, empty for the registry's own, and the integrity; after a tarball the integrity;
    after git a tag that is no integrity.
    """
    if parse_version(resolution, loose=True) is not None:
        url, integrity = (*fields, "", "")[:2]
        return Source(resolution, origin_of(name, resolution, url, registry_for), url, integrity)
    if resolution == "root:":
        return Source("", FromDirectory(""), resolution, "")
    for prefix in _LOCAL:
        if resolution.startswith(prefix):
            return Source("", FromDirectory(resolution[len(prefix) :]), resolution, "")
    if is_git(resolution):
        url, _, commit = resolution.partition("#")
        return Source("", FromGit(url, commit), resolution, "")
    integrity = fields[0] if fields else ""
    if resolution.startswith(("http://", "https://")):
        return Source("", origin_of(name, "", resolution, registry_for), resolution, integrity)
    if is_archive(resolution):
        return Source("", FromTarball(resolution), resolution, integrity)
    return Source("", FromUnknown(resolution), resolution, integrity)


def is_git(resolution: str) -> bool:
    """Whether a resolution is a repository: a git scheme, `user@host:path`, or a web address that ends in .git."""
    if resolution.startswith(_GIT):
        return True
    return resolution.startswith(("http://", "https://")) and resolution.partition("#")[0].endswith(".git")
