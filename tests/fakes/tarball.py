"""npm tarballs made from nothing but names and text, the same bytes on every run.

Layout: a gzipped tar whose members live under ``package/`` (npm-packlist; npm writes the 1985-10-26 mtime for
reproducible packs). `pack` takes raw entries, so that links, ``../`` names, duplicates and case clashes can be made.
"""

import base64
import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterable, Mapping

import msgspec

MTIME = 499162500  # 1985-10-26T08:15:00Z, what `npm pack` stamps on every member


class Entry(msgspec.Struct, frozen=True):
    """One tar member. ``link`` is the target of a symbolic or hard link; ``name`` is used as it stands."""

    name: str
    data: bytes = b""
    mode: int = 0o644
    type: bytes = tarfile.REGTYPE
    link: str = ""


class Tarball(msgspec.Struct, frozen=True):
    """The bytes and the figures a registry derives from them. Sizes in bytes."""

    data: bytes
    file_count: int
    unpacked_size: int

    @property
    def integrity(self) -> str:
        return integrity(self.data)

    @property
    def shasum(self) -> str:
        return hashlib.sha1(self.data).hexdigest()


def integrity(data: bytes) -> str:
    """Subresource integrity as npm writes it: ``sha512-<base64>``."""
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def encode(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


def pack(entries: Iterable[Entry]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for entry in entries:
            info = tarfile.TarInfo(entry.name)
            info.type, info.linkname = entry.type, entry.link
            info.mode, info.mtime, info.size = entry.mode, MTIME, len(entry.data)
            archive.addfile(info, io.BytesIO(entry.data))
    return gzip.compress(buffer.getvalue(), compresslevel=6, mtime=0)


def build(
    files: Mapping[str, str | bytes], *, root: str = "package", executable: frozenset[str] = frozenset()
) -> Tarball:
    """Pack ``files`` (path inside the package → content) under ``root``, package.json first."""
    names = sorted(files, key=lambda name: (name != "package.json", name))
    contents = {name: encode(files[name]) for name in names}
    data = pack(
        Entry(f"{root}/{name}", content, 0o755 if name in executable else 0o644)
        for name, content in contents.items()
    )
    return Tarball(data, len(contents), sum(map(len, contents.values())))


def measure(data: bytes) -> Tarball:
    """The figures of bytes made elsewhere; zero where they are not a readable tarball."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            sizes = [member.size for member in archive if member.isfile()]
    except (tarfile.TarError, EOFError, OSError):
        return Tarball(data, 0, 0)
    return Tarball(data, len(sizes), sum(sizes))
