"""Files of real projects and of other tools' test suites, whole and damaged."""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecheck.decode import Malformed
from forecheck.lockfiles import pnpm, yarn_berry, yarn_classic
from forecheck.lockfiles.format import Format, format_of
from forecheck.model import EntryKind, FromBundle, Lockfile

FOLDER = Path(__file__).parent.parent / "fixtures" / "lockfiles"
FORMATS: dict[str, Format] = {
    one.id: one for one in (module.parse.__forecheck__ for module in (pnpm, yarn_berry, yarn_classic))
}
PUBLIC = "https://registry.npmjs.org/"
NAMES = {".yaml": "pnpm-lock.yaml", ".lock": "yarn.lock"}
BROKEN = {
    "pnpm/suites/osv-scalibr__empty.yaml": "holds nothing",
    "yarn-berry/suites/snyk__invalid-files__yarn2.lock": "line 7",
    "yarn-classic/suites/snyk__invalid-files__yarn1.lock": "line 5",
}
# How many packages each trimmed file of a real project holds, counted by its lines.
COUNTS = {
    "yarn-classic/hono.v1.lock": r"^\S.*:$",
    "yarn-classic/mitmproxy.v1.lock": r"^\S.*:$",
    "yarn-berry/jest.v4.lock": r"^  resolution:",
    "yarn-berry/jest.v5.lock": r"^  resolution:",
    "yarn-berry/jest.v10.lock": r"^  resolution:",
    "yarn-berry/prettier.v6.lock": r"^  resolution:",
    "yarn-berry/prettier.v8.lock": r"^  resolution:",
    "yarn-berry/prettier.v9.lock": r"^  resolution:",
    "pnpm/pnpm.shrinkwrap-3.yaml": r"^    resolution:",
    "pnpm/pnpm.shrinkwrap-4.yaml": r"^    resolution:",
    "pnpm/vue.v5.3.yaml": r"^    resolution:",
    "pnpm/elysia.v5.4.yaml": r"^    resolution:",
    "pnpm/pnpm.v5.4-inline.yaml": r"^    resolution:",
    "pnpm/vlt.v6.0.yaml": r"^    resolution:",
    "pnpm/astro.v6.0.yaml": r"^    resolution:",
    "pnpm/elysia.v6.1.yaml": r"^    resolution:",
    "pnpm/pnpm.v7.0.yaml": r"^    resolution:",
    "pnpm/osv.v9.0.yaml": r"^    resolution:",
    "pnpm/pnpm.v9.0-two-documents.yaml": r"^    resolution:",
}
GOLDEN = (
    "yarn-classic/suites/osv-scalibr__commits.v1.lock",
    "yarn-classic/suites/osv-scalibr__files.v1.lock",
    "yarn-classic/suites/npm-arborist__yarn-stuff.lock",
    "yarn-classic/generated/yarn-1.22.22.yarn.lock",
    "yarn-berry/suites/osv-scalibr__commits.v2.lock",
    "yarn-berry/suites/osv-scalibr__files.v2.lock",
    "yarn-berry/suites/snyk__v2__hand-rolled__patch-protocol.lock",
    "yarn-berry/suites/snyk__v2__hand-rolled__npm-alias-packages.lock",
    "yarn-berry/generated/yarn-4.18.1.yarn.lock",
    "pnpm/suites/osv-scalibr__commits.yaml",
    "pnpm/suites/osv-scalibr__commits.v9.yaml",
    "pnpm/suites/osv-scalibr__files.yaml",
    "pnpm/suites/osv-scalibr__exotic.yaml",
    "pnpm/suites/osv-scalibr__peer-dependencies-advanced-v6.yaml",
    "pnpm/suites/osv-scalibr__mixed-groups.v9.yaml",
    "pnpm/suites/snyk__v9__git-protocol-peer-deps.yaml",
)


def files() -> list[str]:
    return sorted(
        str(path.relative_to(FOLDER))
        for folder in FORMATS
        for path in (FOLDER / folder).rglob("*")
        if path.suffix in NAMES
    )


def read(name: str) -> Lockfile:
    return FORMATS[name.partition("/")[0]].read((FOLDER / name).read_bytes(), name, lambda _: PUBLIC)


@pytest.mark.parametrize("name", files())
def test_every_file_is_told_from_the_others_and_read(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    told = format_of(FORMATS.values(), NAMES[Path(name).suffix], data)
    assert told is not None
    if data.strip():
        assert told.id == name.partition("/")[0]
    if name in BROKEN:
        with pytest.raises(Malformed, match=BROKEN[name]):
            read(name)
        return
    lockfile = read(name)
    locations = [entry.location for entry in lockfile.entries]
    assert len(set(locations)) == len(locations)
    lines = data.decode().splitlines()
    for entry in lockfile.entries:
        assert entry.at is not None
        assert entry.at.line <= max(len(lines), 1)
        assert {edge.target for edge in entry.edges} <= {"", *locations}


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_no_package_is_lost(name: str) -> None:
    import re

    expected = len(re.findall(COUNTS[name], (FOLDER / name).read_text(encoding="utf-8"), re.MULTILINE))
    counted = {
        entry.at.line if entry.at else 0
        for entry in read(name).entries
        if entry.kind is EntryKind.PACKAGE and not isinstance(entry.release.origin, FromBundle)
    }
    own = sum(e.kind is not EntryKind.PACKAGE for e in read(name).entries) if "yarn-berry" in name else 0
    assert len(counted) + own == expected


@pytest.mark.parametrize("name", [name for name in sorted(COUNTS) if name != "yarn-classic/hono.v1.lock"])
def test_nothing_about_what_a_package_manager_writes_is_remarkable(name: str) -> None:
    assert read(name).remarks == ()


def test_the_neutral_shape_of_chosen_files() -> None:
    """`UPDATE_GOLDEN=1 pytest …` writes the file anew; read the difference before committing it."""
    got = {name: [msgspec.to_builtins(entry) for entry in read(name).entries] for name in GOLDEN}
    golden = FOLDER / "expected.json"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_bytes(msgspec.json.format(msgspec.json.encode(got), indent=1) + b"\n")
    assert msgspec.json.decode(golden.read_bytes()) == msgspec.json.decode(msgspec.json.encode(got))


def damaged(data: bytes, dice: random.Random) -> bytes:
    bits = (
        b'"',
        b":",
        b"\n",
        b"  ",
        b"\t",
        b"{",
        b"[",
        b"- ",
        b"&a ",
        b"*a",
        b"\xff",
        b"\x00",
        b"<<<<<<< x\n",
        b"? ",
    )
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(data) + 1)
        bit = dice.choice(bits)
        match dice.randrange(3):
            case 0:
                data = data[:at] + bit + data[at:]
            case 1:
                data = data[:at] + data[at + dice.randrange(9) :]
            case _:
                data = data[:at] + bit + data[at + len(bit) :]
    return data


def damages() -> Iterator[tuple[str, bytes]]:
    dice = random.Random(4)
    small = [name for name in files() if (FOLDER / name).stat().st_size < 5000]
    for _ in range(600):
        name = dice.choice(small)
        yield name, damaged((FOLDER / name).read_bytes(), dice)


def test_a_damaged_file_gives_entries_or_one_error() -> None:
    for name, data in damages():
        for one in FORMATS.values():
            try:
                lockfile = one.read(data, name, lambda _: PUBLIC)
            except Malformed as wrong:
                assert wrong.where == name  # noqa: PT017
            else:
                assert lockfile.format == one.id


@pytest.mark.parametrize("id_", sorted(FORMATS))
@given(data=st.binary(max_size=200) | st.text(alphabet='ab@:"\n #,-?{}[]&*|>0.', max_size=80).map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_any_bytes_give_entries_or_one_error(id_: str, data: bytes) -> None:
    try:
        lockfile = FORMATS[id_].read(data, "f", lambda _: PUBLIC)
    except Malformed:
        return
    assert lockfile.format == id_


@pytest.mark.parametrize(
    ("id_", "data"),
    [
        ("yarn-classic", b'a@1:\n  version "1"\n  dependencies:\n' + b'    b "1"\n' * 300_000),
        ("yarn-classic", b", ".join(b"a@%d" % n for n in range(200_000)) + b":\n"),
        ("yarn-classic", b'"' + b"\\\\" * 2_000_000 + b'":\n'),
        ("yarn-classic", b'"a" ' * 1_000_000),
        (
            "yarn-berry",
            b"__metadata:\n  version: 8\na:\n  dependenciesMeta:\n"
            + b"".join(b"    b%d:\n      optional: true\n" % n for n in range(100_000)),
        ),
        ("yarn-berry", b"__metadata:\n  version: 8\n" + b'"a@npm:1":\n' * 200_000),
        ("yarn-berry", b"__metadata:\n  version: 8\na:\n  dependencies:\n" + b"    b: 1\n" * 200_000),
        ("pnpm", b"lockfileVersion: '9.0'\npackages:\n" + b"  a%s: {}\n" % (b"(" * 500_000)),
        ("pnpm", b"lockfileVersion: '9.0'\npackages:\n  ? a@1.0.0" + b"(b@1)" * 200_000 + b"\n  : {}\n"),
    ],
    ids=["edges", "patterns", "escapes", "words", "metas", "keys", "repeats", "brackets", "peers"],
)
def test_large_and_odd_files_take_no_longer_than_they_are_long(id_: str, data: bytes) -> None:
    try:
        FORMATS[id_].read(data, "f", lambda _: PUBLIC)
    except Malformed:
        return
