import random
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.decode import Malformed
from forecheck.lockfiles.bun_binary import parse
from forecheck.lockfiles.bun_binary_wire import HEADER
from forecheck.model import (
    EdgeKind,
    Entry,
    EntryKind,
    FromBundle,
    FromGit,
    FromRegistry,
    FromTarball,
    FromUnknown,
    Lockfile,
    RemarkKind,
)
from tests.lockfiles.mutated import mutations

PUBLIC = "https://registry.npmjs.org/"
RECORDED = Path(__file__).parents[1] / "fixtures" / "lockfiles" / "bun-binary"
PROJECT = (RECORDED / "project.lockb").read_bytes()
PACKAGES = len(HEADER) + 4 + 32 + 8
COUNT, ROWS = 17, 128  # of project.lockb, and where its table begins
STARTS = [ROWS]
for size in (8, 8, 64, 8, 8, 88, 20):
    STARTS.append(STARTS[-1] + size * COUNT)
DEBUG, FSEVENTS, SW = 8, 15, 1


def read(data: bytes) -> Lockfile:
    return parse(data, "bun.lockb", lambda _: PUBLIC)


def changed(at: int, new: bytes) -> bytes:
    return PROJECT[:at] + new + PROJECT[at + len(new) :]


def entry(data: bytes, location: str) -> Entry:
    return next(one for one in read(data).entries if one.location == location)


def resolution(row: int) -> int:
    return STARTS[2] + 64 * row


def test_entries_are_where_bun_installs_them() -> None:
    found = {one.location: one for one in read(PROJECT).entries}
    assert found["debug"].edges[0].target == "debug/ms"
    assert found["sw"].release.spec == "string-width@4.2.3"
    assert found["sw"].installed_as == "sw"
    assert found["bundler/ms"].release.origin == FromBundle("bundler")
    assert found["fsevents"].platform == ("os=darwin",)
    assert found["left-pad"].release.origin == FromTarball(f"{PUBLIC}left-pad/-/left-pad-1.3.0.tgz")
    assert (found["packages/w"].kind, found["@my/w"].kind) == (EntryKind.WORKSPACE, EntryKind.LINK)
    kinds = {edge.name: edge.kind for edge in found[""].edges}
    assert (kinds["debug"], kinds["is-number"], kinds["fsevents"]) == (
        EdgeKind.PROD, EdgeKind.DEV, EdgeKind.OPTIONAL,
    )  # fmt: skip
    assert found["debug"].at is not None
    assert (found["debug"].at.line, found["debug"].at.pointer) == (0, "")


def test_a_version_with_a_suffix_is_put_together() -> None:
    at = resolution(DEBUG)
    data = changed(at + 32, b"rc.1\0\0\0\0")
    assert entry(data, "debug").release.version == "4.1.1-rc.1"
    assert (
        entry(data[: at + 48] + b"b7\0\0\0\0\0\0" + data[at + 56 :], "debug").release.version
        == "4.1.1-rc.1+b7"
    )


def test_a_url_that_is_not_the_packages_own_is_a_tarball() -> None:
    url = PROJECT.index(f"{PUBLIC}debug/-/debug-4.1.1.tgz".encode())
    data = changed(url, b"https://registry.npmjs.orgg")
    found = entry(data, "debug")
    assert isinstance(found.release.origin, FromTarball)
    assert found.resolved.startswith("https://registry.npmjs.orgg")


@pytest.mark.parametrize(
    ("tag", "payload", "origin"),
    [
        (16, (b"o", b"r", b"", b"0123456"), FromGit("github:o/r", "0123456")),
        (32, (b"", b"git@h:r", b"v1", b"0123456"), FromGit("git@h:r", "0123456")),
        (32, (b"", b"git@h:r", b"v1", b""), FromGit("git@h:r", "v1")),
        (8, (b"./a.tgz",), FromTarball("./a.tgz")),
        (99, (b"x",), FromUnknown("99:x")),
    ],
)
def test_other_sources(tag: int, payload: tuple[bytes, ...], origin: object) -> None:
    cells = b"".join(part.ljust(8, b"\0") for part in payload)
    data = changed(resolution(DEBUG), bytes([tag]) + bytes(7) + cells)
    assert entry(data, "debug").release.origin == origin


def test_what_the_columns_say_of_a_package() -> None:
    meta = STARTS[5] + 88 * DEBUG
    assert entry(changed(meta + 85, b"\2"), "debug").install_script is True
    assert entry(changed(meta + 85, b"\1"), "debug").install_script is None
    assert entry(changed(meta + 20, b"\1"), "debug").integrity.startswith("sha1-")
    assert entry(changed(meta + 20, b"\0"), "debug").integrity == ""
    assert entry(changed(meta + 2, struct.pack("<H", 1 << 2)), "debug").platform == ("cpu=arm64",)
    bins = STARTS[6] + 20 * DEBUG
    assert entry(changed(bins, b"\1"), "debug").bins == ("debug",)
    assert entry(changed(bins, b"\2\0\0\0tool\0\0\0\0"), "debug").bins == ("tool",)
    assert entry(changed(bins, b"\3"), "debug").bins is None


def test_trusted_packages_are_remarked_on_by_name() -> None:
    (name_hash,) = struct.unpack_from("<Q", PROJECT, STARTS[1] + 8 * DEBUG)
    (end,) = struct.unpack_from("<Q", PROJECT, PACKAGES - 8)
    at = len(PROJECT[:end])
    tag = b"tRuStEDd" + struct.pack("<QQ", at + 24, at + 32) + struct.pack("<II", name_hash & 0xFFFFFFFF, 7)
    found = read(PROJECT[:end] + tag + bytes(64)).remarks
    assert [(one.kind, one.about) for one in found] == [
        (RemarkKind.TRUSTED_SCRIPTS, "debug"),
        (RemarkKind.TRUSTED_SCRIPTS, ""),
    ]


def test_an_edge_whose_answer_is_elsewhere_points_there() -> None:
    """Debug asks for ms, and the table says that string-width answers."""
    (offset,) = struct.unpack_from("<I", PROJECT, STARTS[4] + 8 * DEBUG)
    resolutions = 4712
    data = changed(resolutions + 4 * offset, struct.pack("<I", SW))
    assert entry(data, "debug").edges[0].target in {"sw", "debug/ms"}
    assert entry(changed(resolutions + 4 * offset, b"\xff" * 4), "debug").edges[0].target == ""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is not a bun.lockb"),
        (HEADER, "ends too early"),
        (changed(len(HEADER), b"\3"), "has format 3"),
        (changed(PACKAGES, struct.pack("<Q", 18)), "no room for 18 packages"),
        (changed(PACKAGES, struct.pack("<Q", 2**63)), "no room for"),
        (changed(PACKAGES + 16, struct.pack("<Q", 9)), "is none"),
        (changed(PACKAGES + 24, struct.pack("<Q", 2**40)), "is none"),
        (changed(4429, struct.pack("<QQ", 4496, 2**60)), "points outside"),
        (changed(4429, struct.pack("<QQ", 4556, 4496)), "points outside"),
        (changed(ROWS + 8 * DEBUG, struct.pack("<II", 0, 0xFFFFFFFF)), "points outside"),
        (changed(4496 + 20 + 8, struct.pack("<I", 7)), "comes later"),
    ],
)
def test_what_is_wrong_says_so(data: bytes, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        read(data)


def test_pointing_to_the_same_places_again_and_again_is_refused() -> None:
    """Each of the trees takes all of the hoisted dependencies, of which there are many."""
    count = 5_000
    texts = b"x" * 4_000
    dependency = struct.pack("<II", 0, 4_000 | 0x80000000) + bytes(8) + b"\2\1" + bytes(8)
    arrays = (
        b"".join(struct.pack("<5I", at, 0, 0, 0, count) for at in range(count)),
        struct.pack("<I", 0) * count,
        struct.pack("<I", 0),
        dependency,
        b"",
        texts,
    )
    head = HEADER + struct.pack("<I", 2) + bytes(40)
    begin = len(head) + 48
    data = head + struct.pack("<5Q", 1, 8, 7, begin, begin + 204) + bytes(8) + bytes(204)
    for array in arrays:
        data += struct.pack("<QQ", len(data) + 16, len(data) + 16 + len(array)) + array
    with pytest.raises(Malformed, match="too often"):
        read(data + bytes(16))


@given(st.binary(max_size=300))
def test_any_bytes_after_the_header_are_a_lockfile_or_malformed(data: bytes) -> None:
    read_or_refuse(HEADER + data)
    read_or_refuse(HEADER + b"\2\0\0\0" + data)


def test_broken_files_are_a_lockfile_or_malformed() -> None:
    dice = random.Random(5)
    for data in mutations(PROJECT, dice, 400):
        read_or_refuse(data)
    for _ in range(1500):  # one number of the file made another
        at = dice.randrange(len(HEADER), len(PROJECT) - 8)
        read_or_refuse(changed(at, dice.choice([b"\xff" * 4, b"\x7f\xff", bytes(4), dice.randbytes(8)])))


def read_or_refuse(data: bytes) -> None:
    try:
        lockfile = read(data)
    except Malformed:
        return
    assert len({one.location for one in lockfile.entries}) == len(lockfile.entries)


def test_the_registry_comes_from_the_url() -> None:
    assert entry(PROJECT, "debug").release.origin == FromRegistry(PUBLIC)
