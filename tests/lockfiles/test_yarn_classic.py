from typing import Any

import pytest

from forecheck.decode import Malformed
from forecheck.lockfiles.yarn_classic import name_and_range, parse
from forecheck.model import (
    Edge,
    EdgeKind,
    Entry,
    EntryKind,
    FromDirectory,
    FromGit,
    FromRegistry,
    FromTarball,
    FromUnknown,
    Location,
    Lockfile,
    Origin,
    RemarkKind,
)

PUBLIC = "https://registry.npmjs.org/"
YARNPKG = "https://registry.yarnpkg.com/"
CORP = "https://corp.example/npm/"
SHA1 = "574c8138ce1d2b5861f0b44579dbadd60c6615b2"
HEAD = "# yarn lockfile v1\n\n\n"


def read(text: str, registry: str = PUBLIC) -> Lockfile:
    return parse((HEAD + text).encode(), "yarn.lock", lambda _: registry)


def entry(key: str, resolved: str = "", registry: str = PUBLIC, **fields: str) -> Entry:
    lines = [f"{key}:", f'  version "{fields.pop("version", "1.0.0")}"']
    lines += [f'  resolved "{resolved}"'] if resolved else []
    lines += [f'  {name} "{value}"' for name, value in fields.items()]
    return read("\n".join(lines) + "\n", registry).entries[-1]


def test_an_entry_with_all_it_says() -> None:
    lockfile = read(
        f'"@s/a@^1.0.0", "@s/a@~1.2.0":\n  version "1.2.3"\n  resolved "{YARNPKG}@s/a/-/a-1.2.3.tgz#{SHA1}"\n'
        "  integrity sha512-x\n  dependencies:\n"
        '    b "^2.0.0"\n    "@s/c" "1 || 2"\n  optionalDependencies:\n    d "*"\n\n'
        'b@^2.0.0:\n  version "2.0.0"\n'
    )
    root, a, b = lockfile.entries
    assert (lockfile.format, lockfile.manager, lockfile.version) == ("yarn-classic", "yarn", "1")
    assert (root.kind, root.edges) == (EntryKind.ROOT, ())
    assert (a.location, a.installed_as, a.release.spec) == ("@s/a@^1.0.0, @s/a@~1.2.0", "@s/a", "@s/a@1.2.3")
    assert (a.release.origin, a.integrity) == (FromRegistry(PUBLIC), "sha512-x")
    assert a.resolved == f"{YARNPKG}@s/a/-/a-1.2.3.tgz#{SHA1}"
    assert a.at == Location("yarn.lock", 4, 1)
    assert a.edges == (
        Edge("b", "^2.0.0", EdgeKind.PROD, target="b@^2.0.0"),
        Edge("@s/c", "1 || 2", EdgeKind.PROD),
        Edge("d", "*", EdgeKind.OPTIONAL, optional=True),
    )
    assert (b.location, b.at) == ("b@^2.0.0", Location("yarn.lock", 14, 1))


@pytest.mark.parametrize(
    ("resolved", "registry", "origin"),
    [
        (f"{PUBLIC}a/-/a-1.0.0.tgz#{SHA1}", PUBLIC, FromRegistry(PUBLIC)),
        (f"{YARNPKG}a/-/a-1.0.0.tgz", PUBLIC, FromRegistry(PUBLIC)),
        (f"{PUBLIC}a/-/a-1.0.0.tgz", YARNPKG, FromRegistry(YARNPKG)),
        (f"{PUBLIC}a/-/a-1.0.0.tgz", CORP, FromRegistry(PUBLIC)),
        (f"{YARNPKG}a/-/%61-1.0.0.tgz", CORP, FromRegistry(PUBLIC)),
        (f"{CORP}a/-/a-1.0.0.tgz", CORP, FromRegistry(CORP)),
        (f"{CORP}a/-/a-1.0.0.tgz", PUBLIC, FromTarball(f"{CORP}a/-/a-1.0.0.tgz")),
        (f"{PUBLIC}b/-/b-1.0.0.tgz#{SHA1}", PUBLIC, FromTarball(f"{PUBLIC}b/-/b-1.0.0.tgz")),
        (f"{PUBLIC}a/-/a-0.9.0.tgz", PUBLIC, FromTarball(f"{PUBLIC}a/-/a-0.9.0.tgz")),
        (f"{PUBLIC}evil/../a/-/a-1.0.0.tgz", PUBLIC, FromTarball(f"{PUBLIC}evil/../a/-/a-1.0.0.tgz")),
        (f"https://evil.example/{PUBLIC}a/-/a-1.0.0.tgz", PUBLIC, None),
        ("https://registry.npmjs.org@evil.example/a/-/a-1.0.0.tgz", PUBLIC, None),
        ("https://codeload.github.com/o/r/tar.gz/" + SHA1, PUBLIC, None),
        (f"git+ssh://git@github.com/o/r.git#{SHA1}", PUBLIC, FromGit("git+ssh://git@github.com/o/r.git", SHA1)),
        (f"https://github.com/o/r.git#{SHA1}", PUBLIC, FromGit("https://github.com/o/r.git", SHA1)),
        (f"https://github.com/o/r#{SHA1}", PUBLIC, FromGit("https://github.com/o/r", SHA1)),
        ("https://host.example/r.git#main", PUBLIC, FromGit("https://host.example/r.git", "main")),
        (f"https://token@github.com/o/r#{SHA1}", PUBLIC, FromGit("https://token@github.com/o/r", SHA1)),
        (f"ssh://github.com/o/r.git#{SHA1}", PUBLIC, FromGit("ssh://github.com/o/r.git", SHA1)),
        (f"git@github.com:o/r.git#{SHA1}", PUBLIC, FromGit("git@github.com:o/r.git", SHA1)),
        (f"file:./a-1.0.0.tgz#{SHA1}", PUBLIC, FromTarball("file:./a-1.0.0.tgz")),
        (f"a-1.0.0.tgz#{SHA1}", PUBLIC, FromTarball("file:a-1.0.0.tgz")),
        ("../up/a.tgz", PUBLIC, FromTarball("file:../up/a.tgz")),
        ("file:../folder", PUBLIC, FromDirectory("../folder")),
        ("o/r", PUBLIC, FromUnknown("o/r")),
        ("ftp://h/a.tgz", PUBLIC, FromUnknown("ftp://h/a.tgz")),
    ],
)  # fmt: skip
def test_sources(resolved: str, registry: str, origin: Origin | None) -> None:
    assert entry("a@^1.0.0", resolved, registry).release.origin == (origin or FromTarball(resolved))


@pytest.mark.parametrize(
    ("key", "origin", "kind"),
    [
        ('"a@file:./a"', FromDirectory("./a"), EntryKind.PACKAGE),
        ('"a@link:../a"', FromDirectory("../a"), EntryKind.LINK),
        ("a@./a", FromDirectory("./a"), EntryKind.PACKAGE),
        ("a@^1.0.0", FromRegistry(PUBLIC), EntryKind.PACKAGE),
    ],
)
def test_without_a_source_the_pattern_tells(key: str, origin: Origin, kind: EntryKind) -> None:
    found = entry(key)
    assert (found.release.origin, found.kind) == (origin, kind)


def test_neither_source_nor_version_is_no_package_of_a_registry() -> None:
    assert read("a@^1:\n  integrity sha512-x\n").entries[-1].release.origin == FromUnknown("")


@pytest.mark.parametrize(
    ("fields", "integrity"),
    [
        ({"integrity": "sha512-x", "resolved": f"{PUBLIC}a/-/a-1.0.0.tgz#{SHA1}"}, "sha512-x"),
        ({"resolved": f"{PUBLIC}a/-/a-1.0.0.tgz#{SHA1}"}, "sha1-V0yBOM4dK1hh8LRFedut1gxmFbI="),
        ({"resolved": f"{PUBLIC}a/-/a-1.0.0.tgz#1234"}, ""),
        ({"resolved": f"{PUBLIC}a/-/a-1.0.0.tgz"}, ""),
        ({"resolved": f"git+https://h/r.git#{SHA1}"}, ""),
    ],
)
def test_the_hash_of_a_url_counts_only_where_there_is_no_integrity(
    fields: dict[str, Any], integrity: str
) -> None:
    assert entry("a@^1.0.0", **fields).integrity == integrity


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ('"sw@npm:string-width@^4"', ("string-width", "sw")),
        ('"t@npm:@s/types@1"', ("@s/types", "t")),
        ('"sw@npm:string-width@^4", string-width@^4', ("string-width", "string-width")),
        ('string-width@^4, "sw@npm:string-width@^4"', ("string-width", "string-width")),
        ('ms@^2, "sw@npm:string-width@^4"', ("string-width", "ms")),
        ("evil@^1, ms@^2", ("evil", "ms")),
        ("alone", ("alone", "alone")),
    ],
)
def test_the_real_name_and_the_one_depended_on(key: str, names: tuple[str, str]) -> None:
    found = entry(key)
    assert (found.release.name, found.installed_as) == names


def test_a_name_that_is_not_the_patterns_is_written_out() -> None:
    found = entry('"a@git+https://h/r.git"', f"git+https://h/r.git#{SHA1}", name="b")
    assert (found.release.name, found.installed_as) == ("b", "a")


def test_yarns_own_quoting_in_every_place() -> None:
    plain = read('a@1:\n  version "1.0.0"\n  dependencies:\n    b "2"\n')
    assert read('"a@1":\n  "version" "1.0.0"\n  "dependencies":\n    "b" "2"\n').entries == plain.entries
    assert read('a@1:\r\n  version "1.0.0"\r\n  dependencies:\r\n    b "2"\r\n').entries == plain.entries
    assert (
        read('"\\u0061@1":\n  version "1.0.0" # told\n  dependencies:\n    b "2"\n').entries == plain.entries
    )


def test_what_stands_twice_is_remarked_and_the_last_counts() -> None:
    lockfile = read(
        'a@1:\n  version "1.0.0"\n  version "1.0.1"\n\na@1:\n  version "1.0.2"\n\nb@1, a@1:\n  version "1.0.3"\n\n'
        'c@1:\n  version "1.0.0"\n  dependencies:\n    a "1"\n'
    )
    assert [(r.kind, r.about, r.at.line) for r in lockfile.remarks] == [
        (RemarkKind.DUPLICATE_KEY, "a@1", 8),
        (RemarkKind.DUPLICATE_KEY, "a@1", 11),
        (RemarkKind.DUPLICATE_KEY, "a@1", 4),
    ]
    assert [e.location for e in lockfile.entries[1:]] == ["a@1", "a@1 (line 8)", "b@1, a@1", "c@1"]
    assert lockfile.entries[1].release.version == "1.0.1"
    assert lockfile.entries[-1].edges[0].target == "b@1, a@1"


def test_fields_yarn_does_not_have_are_remarked() -> None:
    (remark,) = read('a@1:\n  version "1.0.0"\n  tarball "x"\n  meta: "y"\n').remarks
    assert (remark.kind, remark.about, remark.at.line) == (RemarkKind.UNKNOWN_FIELD, "a@1", 4)
    assert "meta, tarball" in remark.message


@pytest.mark.parametrize("data", [b"", b"# yarn lockfile v1\n", b"\n\n"])
def test_a_file_without_entries_locks_nothing(data: bytes) -> None:
    assert [e.kind for e in parse(data, "yarn.lock", lambda _: PUBLIC).entries] == [EntryKind.ROOT]


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("a@1\n", 4, "yarn 1 does not write"),
        ("a@1 b:\n", 4, "yarn 1 does not write"),
        ("a@npm:b:\n", 4, "yarn 1 does not write"),
        ('a@1:\n  version "1" resolved "x"\n', 5, "yarn 1 does not write"),
        ('a@1:\n  version "1\n', 5, "yarn 1 does not write"),
        ("a@1:\n  version\n", 5, "yarn 1 does not write"),
        ('a@1:\n   version "1"\n', 5, "yarn 1 does not write"),
        ('a@1:\n\tversion "1"\n', 5, "yarn 1 does not write"),
        ('a@1:\n    b "1"\n', 5, "belongs to nothing"),
        ('a@1:\n  dependencies:\n      b "1"\n', 6, "yarn 1 does not write"),
        ('a@1:\n  version "1"\n\n  resolved "x"\n', 7, "belongs to no entry"),
        ('a@1:\n  version "1"\n# a comment\n  resolved "x"\n', 7, "belongs to no entry"),
        ('"a\\q@1":\n', 4, "escape"),
        ('"\\ud800":\n', 4, "escape"),
        ('<<<<<<< HEAD\na@1:\n  version "1"\n', 4, "merge conflict"),
        ('a@1:\n=======\n  version "1"\n', 5, "merge conflict"),
        ("__metadata:\n  version 4\n", 4, "yarn 1 and yarn 2"),
        ("a@1:\0\n", 4, "zero byte"),
    ],
)
def test_what_yarn_does_not_write_is_refused(text: str, line: int, why: str) -> None:
    with pytest.raises(Malformed, match=why) as caught:
        read(text)
    assert caught.value.place == f"line {line}"


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(Malformed, match="not UTF-8") as caught:
        parse(b"# yarn\n\xff", "yarn.lock", lambda _: PUBLIC)
    assert caught.value.place == "line 2"


def test_patterns() -> None:
    assert name_and_range("@s/a@npm:@t/b@^1") == ("@s/a", "npm:@t/b@^1")
    assert name_and_range("a") == ("a", "")
