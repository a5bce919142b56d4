import gzip
import io
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecheck.analysis.archive import Contents, Limits, TooLarge, read_archive
from forecheck.decode import Malformed
from tests.fakes.tarball import Entry, build, pack

MANIFEST = b'{"name": "x"}'


def read(data: bytes, *wanted: str, limits: Limits | None = None) -> Contents:
    return read_archive(data, "x.tgz", lambda path: path in wanted, limits)


def plain(*entries: Entry, form: int = tarfile.USTAR_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for entry in entries:
            info = tarfile.TarInfo(entry.name)
            info.type, info.linkname, info.size = entry.type, entry.link, len(entry.data)
            archive.addfile(info, io.BytesIO(entry.data))
    return buffer.getvalue()


def test_the_wanted_files_and_all_names() -> None:
    found = read(build({"package.json": MANIFEST, "index.js": "1"}).data, "package.json")
    assert found == Contents({"package.json": MANIFEST}, ("package.json", "index.js"))


@pytest.mark.parametrize("root", ["package", "repo-0123abc", "anything at all"])
def test_the_first_component_may_be_called_anything(root: str) -> None:
    assert read(build({"package.json": MANIFEST}, root=root).data, "package.json").files


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
@pytest.mark.parametrize("length", [10, 99, 100, 101, 150, 254, 400])
def test_long_paths_in_every_format(form: int, length: int) -> None:
    path = ("package/" + "d/" * 200)[: length - 2] + "/f"
    if form == tarfile.USTAR_FORMAT and length > 250:
        return
    found = read(plain(Entry(path, b"x"), form=form))
    inside = [part for part in path.split("/") if part][1:]
    assert found.names == ("/".join(inside),)


def test_plain_tar_is_read_too() -> None:
    assert read(plain(Entry("package/package.json", MANIFEST)), "package.json").files == {
        "package.json": MANIFEST
    }


def test_of_two_files_with_one_name_the_later_counts() -> None:
    data = pack([Entry("package/package.json", b"{}"), Entry("other/package.json", MANIFEST)])
    assert read(data, "package.json").files == {"package.json": MANIFEST}


@pytest.mark.parametrize(
    "entry",
    [
        Entry("package/package.json", type=tarfile.SYMTYPE, link="/etc/passwd"),
        Entry("package/package.json", type=tarfile.LNKTYPE, link="x"),
        Entry("package/package.json", type=tarfile.DIRTYPE),
        Entry("package/../package.json", MANIFEST),
        Entry("package.json", MANIFEST),
        Entry("package/", MANIFEST),
        Entry("package/x/../../package.json", MANIFEST),
        Entry("package/package.json", type=tarfile.CHRTYPE),
    ],
    ids=lambda entry: f"{entry.name} {entry.type!r}",
)
def test_what_npm_would_not_put_there_is_not_there(entry: Entry) -> None:
    found = read(pack([entry, Entry("package/index.js", b"1")]), "package.json")
    assert found.files == {}
    assert found.names == ("index.js",)


def test_only_the_very_first_component_is_dropped() -> None:
    assert read(pack([Entry("./package/./a"), Entry("package//b")])).names == ("package/a", "b")


def test_what_follows_the_end_mark_is_read_as_npm_does() -> None:
    first = plain(Entry("package/package.json", b"{}"))
    second = plain(Entry("package/package.json", MANIFEST))
    assert read(gzip.compress(first + second), "package.json").files == {"package.json": MANIFEST}


def test_several_gzip_streams_and_what_follows_them() -> None:
    raw = plain(Entry("package/package.json", MANIFEST))
    data = gzip.compress(raw[:700]) + gzip.compress(raw[700:]) + b"trailing"
    assert read(data, "package.json").files == {"package.json": MANIFEST}


@pytest.mark.parametrize("zeros", [0, 512, 1024, 10240])
def test_the_end_may_be_marked_or_not(zeros: int) -> None:
    raw = plain(Entry("package/package.json", MANIFEST))[:1024] + bytes(zeros)
    assert read(gzip.compress(raw), "package.json").files == {"package.json": MANIFEST}


def bomb(size: int) -> bytes:
    return gzip.compress(plain(Entry("package/zeros", bytes(size)), Entry("package/package.json", MANIFEST)))


@pytest.mark.parametrize(
    ("data", "limits", "why"),
    [
        (bomb(8 * 1024 * 1024), Limits(), "times its size"),
        (bomb(64 * 1024), Limits(total=32 * 1024), "unpacks to more than 32768 bytes"),
        (build({f"f{n}": "" for n in range(11)}).data, Limits(members=10), "more than 10 members"),
        (build({"package.json": "x" * 101}).data, Limits(kept=100), "package.json is larger than 100 bytes"),
        (
            gzip.compress(plain(Entry("package/" + "n" * 2000, b""), form=tarfile.PAX_FORMAT)),
            Limits(header=1024),
            "header",
        ),
    ],
    ids=["ratio", "total", "members", "kept", "header"],
)
def test_limits(data: bytes, limits: Limits, why: str) -> None:
    with pytest.raises(TooLarge, match=why):
        read(data, "package.json", limits=limits)


def test_just_within_the_limits() -> None:
    assert read(build({f"f{n}": "" for n in range(10)}).data, limits=Limits(members=10)).names
    assert read(build({"package.json": "x" * 100}).data, "package.json", limits=Limits(kept=100)).files


SOUND = plain(Entry("package/package.json", MANIFEST), Entry("package/index.js", b"1" * 600))


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(SOUND)[:40],
        gzip.compress(SOUND)[:-12],
        gzip.compress(SOUND[:1600]),
        gzip.compress(b"x" * 512 + SOUND),
        gzip.compress(SOUND[:100] + b"9" + SOUND[101:]),
        b"\x1f\x8bnonsense",
        b"<html>" * 100,
        gzip.compress(plain(Entry("package\\package.json", MANIFEST))),
    ],
    ids=[
        "cut early",
        "cut late",
        "file cut short",
        "no header",
        "wrong checksum",
        "no gzip",
        "html",
        "backslash",
    ],
)
def test_what_is_not_sound_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        read(data, "package.json", "index.js")


def test_nothing_at_all_holds_nothing() -> None:
    assert read(b"") == Contents({}, ())


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_are_an_archive_or_refused(data: bytes) -> None:
    for candidate in (data, gzip.compress(data), b"\x1f\x8b" + data):
        try:
            read(candidate, "package.json")
        except (Malformed, TooLarge):
            continue


@settings(deadline=None)
@given(st.integers(0, len(SOUND) - 1), st.integers(0, 255))
def test_any_changed_byte_gives_files_or_a_refusal(place: int, value: int) -> None:
    changed = bytearray(SOUND)
    changed[place] = value
    try:
        found = read(bytes(changed), "package.json")
    except (Malformed, TooLarge):
        return
    assert set(found.files) <= {"package.json"}
