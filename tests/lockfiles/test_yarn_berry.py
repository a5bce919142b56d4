import pytest

from forecheck.decode import Malformed
from forecheck.lockfiles.yarn_berry import parse
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
CORP = "https://corp.example/npm/"
COMMIT = "574c8138ce1d2b5861f0b44579dbadd60c6615b2"
HEAD = "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n"


def read(text: str, registry: str = PUBLIC) -> Lockfile:
    return parse((HEAD + text).encode(), "yarn.lock", lambda _: registry)


def entry(
    resolution: str, key: str = "a@npm:^1.0.0", registry: str = PUBLIC, version: str = "1.0.0"
) -> Entry:
    text = f'"{key}":\n  version: {version}\n  resolution: "{resolution}"\n  languageName: node\n  linkType: hard\n'
    return read(text, registry).entries[-1]


def test_an_entry_with_all_it_says() -> None:
    lockfile = read(
        '"@s/a@npm:^1.0.0, @s/a@npm:~1.2.0":\n'
        "  version: 1.2.3\n"
        '  resolution: "@s/a@npm:1.2.3"\n'
        '  dependencies:\n    b: "npm:^2.0.0"\n    c: "npm:*"\n'
        '  optionalDependencies:\n    o: "npm:^9"\n'
        '  peerDependencies:\n    d: ">=3"\n    "@s/e": "*"\n'
        "  dependenciesMeta:\n    c:\n      optional: true\n"
        '  peerDependenciesMeta:\n    "@s/e":\n      optional: true\n'
        "  bin:\n    a: ./cli.js\n    a2: cli.js\n"
        "  checksum: 10c0/abc\n  conditions: os=linux & cpu=x64 & libc=musl\n  languageName: node\n  linkType: hard\n"
        '\n"b@npm:^2.0.0":\n  version: 2.0.0\n  resolution: "b@npm:2.0.0"\n  languageName: node\n  linkType: hard\n'
    )
    a, b = lockfile.entries
    assert (lockfile.format, lockfile.manager, lockfile.version) == ("yarn-berry", "yarn", "8")
    assert (a.location, a.installed_as, a.release.spec) == (
        "@s/a@npm:^1.0.0, @s/a@npm:~1.2.0",
        "@s/a",
        "@s/a@1.2.3",
    )
    assert (a.release.origin, a.integrity, a.checksum) == (FromRegistry(PUBLIC), "", "10c0/abc")
    assert (a.bins, a.platform, a.resolved) == (
        ("a", "a2"),
        ("os=linux", "cpu=x64", "libc=musl"),
        "@s/a@npm:1.2.3",
    )
    assert a.at == Location("yarn.lock", 5, 1)
    assert a.edges == (
        Edge("b", "npm:^2.0.0", EdgeKind.PROD, target="b@npm:^2.0.0"),
        Edge("c", "npm:*", EdgeKind.OPTIONAL, optional=True),
        Edge("o", "npm:^9", EdgeKind.OPTIONAL, optional=True),
        Edge("d", ">=3", EdgeKind.PEER),
        Edge("@s/e", "*", EdgeKind.PEER, optional=True),
    )
    assert (b.bins, b.edges) == ((), ())
    assert lockfile.remarks == ()


@pytest.mark.parametrize(
    ("resolution", "spec", "origin"),
    [
        ("a@npm:1.0.0", "a@1.0.0", FromRegistry(CORP)),
        ("b@npm:1.0.0", "b@1.0.0", FromRegistry(CORP)),
        ("@s/b@npm:2.0.0-rc.1+x", "@s/b@2.0.0-rc.1+x", FromRegistry(CORP)),
        ("a@npm:latest", "a@latest", FromUnknown("npm:latest")),
        ("a@npm:b@1.0.0", "a@b@1.0.0", FromUnknown("npm:b@1.0.0")),
        ("a@npm:1.0.0::__archiveUrl=https%3A%2F%2Fcorp.example%2Fnpm%2Fa%2F-%2Fa-1.0.0.tgz", "a@1.0.0", FromRegistry(CORP)),
        ("a@npm:1.0.0::__archiveUrl=https%3A%2F%2Fevil.example%2Fa%2F-%2Fa-1.0.0.tgz", "a@1.0.0", FromTarball("https://evil.example/a/-/a-1.0.0.tgz")),
        ("a@npm:1.0.0::__archiveUrl=https%3A%2F%2Fcorp.example%2Fnpm%2Fb%2F-%2Fb-1.0.0.tgz", "a@1.0.0", FromTarball("https://corp.example/npm/b/-/b-1.0.0.tgz")),
        ("a@npm:1.0.0::__archiveUrl=x&__archiveUrl=y", "a@1.0.0", FromUnknown("npm:1.0.0::__archiveUrl=x&__archiveUrl=y")),
        ("a@https://corp.example/npm/a/-/a-1.0.0.tgz", "a@1.0.0", FromRegistry(CORP)),
        ("a@https://h.example/a.tgz", "a@1.0.0", FromTarball("https://h.example/a.tgz")),
        ("a@https://h.example/a.tgz::x=1", "a@1.0.0", FromTarball("https://h.example/a.tgz")),
        ("a@https://corp.example@evil.example/npm/a/-/a-1.0.0.tgz", "a@1.0.0", FromTarball("https://corp.example@evil.example/npm/a/-/a-1.0.0.tgz")),
        ("a@https://h.example/a", "a@1.0.0", FromUnknown("https://h.example/a")),
        (f"a@https://github.com/o/r.git#commit={COMMIT}", "a@1.0.0", FromGit("https://github.com/o/r.git", COMMIT)),
        (f"a@https://github.com/o/r.git#commit:{COMMIT}", "a@1.0.0", FromGit("https://github.com/o/r.git", COMMIT)),
        (f"a@https://github.com/o/r.git#workspace=w&commit={COMMIT}", "a@1.0.0", FromGit("https://github.com/o/r.git", COMMIT)),
        (f"a@git@github.com:o/r.git#commit={COMMIT}", "a@1.0.0", FromGit("git@github.com:o/r.git", COMMIT)),
        ("a@git+ssh://git@h/r.git#head=main", "a@1.0.0", FromGit("git+ssh://git@h/r.git", "")),
        (f"a@ssh://git@github.com:o/r.git#{COMMIT}", "a@1.0.0", FromGit("ssh://git@github.com:o/r.git", COMMIT)),
        ("a@file:./a-1.0.0.tgz::locator=root%40workspace%3A.", "a@1.0.0", FromTarball("file:./a-1.0.0.tgz")),
        ("a@file:./a#./b.tgz::hash=1&locator=x", "a@1.0.0", FromTarball("file:./b.tgz")),
        ("a@file:./a#./a::hash=1&locator=x", "a@1.0.0", FromDirectory("./a")),
        ("a@exec:./gen.js#./gen.js::hash=1", "a@1.0.0", FromUnknown("exec:./gen.js#./gen.js::hash=1")),
        ("a@virtual:abc#npm:1.0.0", "a@1.0.0", FromUnknown("virtual:abc#npm:1.0.0")),
        ("a", "a@1.0.0", FromUnknown("a")),
    ],
)  # fmt: skip
def test_resolutions(resolution: str, spec: str, origin: Origin) -> None:
    found = entry(resolution, registry=CORP)
    assert (found.release.spec, found.release.origin, found.kind) == (spec, origin, EntryKind.PACKAGE)


@pytest.mark.parametrize(
    ("resolution", "kind", "path"),
    [
        ("a@workspace:.", EntryKind.ROOT, "."),
        ("a@workspace:packages/a", EntryKind.WORKSPACE, "packages/a"),
        ("a@link:../a::locator=x", EntryKind.LINK, "../a"),
        ("a@portal:../a::locator=x", EntryKind.LINK, "../a"),
    ],
)
def test_folders(resolution: str, kind: EntryKind, path: str) -> None:
    found = entry(resolution)
    assert (found.kind, found.release.origin) == (kind, FromDirectory(path))


@pytest.mark.parametrize(
    ("resolution", "spec", "patch"),
    [
        ("a@patch:a@npm%3A1.0.0#./p.patch::version=1.0.0&hash=1&locator=x", "a@1.0.0", "./p.patch"),
        ("a@patch:a@1.0.0#~builtin<compat/a>::version=1.0.0", "a@1.0.0", "~builtin<compat/a>"),
        ("a@patch:evil@npm%3A6.6.6#./p.patch::version=1.0.0", "evil@6.6.6", "./p.patch"),
        ("a@patch:a@patch%3Aa@npm%253A1.0.0%23./in.patch#./out.patch", "a@1.0.0", "./out.patch ./in.patch"),
    ],
)
def test_patches_are_of_the_package_inside(resolution: str, spec: str, patch: str) -> None:
    found = entry(resolution)
    assert (found.release.spec, found.release.origin, found.patch) == (spec, FromRegistry(PUBLIC), patch)


def test_a_patch_of_a_patch_of_a_patch_ends_somewhere() -> None:
    nested = "patch:" + "a@patch%3A" * 5000
    assert isinstance(entry(f"a@{nested}").release.origin, FromUnknown)


def test_a_patched_package_leads_to_what_it_patches_and_stands_in_for_it() -> None:
    lockfile = read(
        '"a@npm:^1.0.0":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n\n'
        '"a@patch:a@npm%3A^1.0.0#optional!builtin<compat/a>":\n  version: 1.0.0\n'
        '  resolution: "a@patch:a@npm%3A1.0.0#optional!builtin<compat/a>::version=1.0.0&hash=1"\n\n'
        '"b@npm:1.0.0":\n  version: 1.0.0\n  resolution: "b@npm:1.0.0"\n\n'
        '"b@patch:b@npm%3A1.0.0#./b.patch::locator=root%40workspace%3A.":\n  version: 1.0.0\n'
        '  resolution: "b@patch:b@npm%3A1.0.0#./b.patch::version=1.0.0&hash=1&locator=root%40workspace%3A."\n\n'
        '"root@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "root@workspace:."\n'
        '  dependencies:\n    a: ^1.0.0\n    b: "patch:b@npm%3A1.0.0#./b.patch"\n'
    )
    _, patched, _, own, root = lockfile.entries
    assert patched.edges == (Edge("a", "npm:1.0.0", EdgeKind.PROD, target="a@npm:^1.0.0"),)
    assert own.edges == (Edge("b", "npm:1.0.0", EdgeKind.PROD, target="b@npm:1.0.0"),)
    assert [edge.target for edge in root.edges] == [patched.location, own.location]


def test_old_keys_without_a_protocol_answer_too() -> None:
    lockfile = read(
        'a@1.0.0:\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n  dependencies:\n    a: 1.0.0\n    b: ^1\n'
        '\n"b@npm:^1":\n  version: 1.0.0\n  resolution: "b@npm:1.0.0"\n'
    )
    assert [edge.target for edge in lockfile.entries[0].edges] == ["a@1.0.0", "b@npm:^1"]


@pytest.mark.parametrize(
    ("key", "resolution", "installed_as"),
    [
        ("sw@npm:string-width@^4", "string-width@npm:4.0.0", "sw"),
        ("sw@npm:string-width@^4, string-width@npm:^4", "string-width@npm:4.0.0", "string-width"),
        ("ms@npm:^2, sw@npm:string-width@^4", "string-width@npm:4.0.0", "ms"),
        ("ms@npm:^2", "evil@npm:4.0.0", "ms"),
    ],
)
def test_the_name_depended_on(key: str, resolution: str, installed_as: str) -> None:
    assert entry(resolution, key, version="4.0.0").installed_as == installed_as


def test_a_version_that_the_resolution_contradicts_is_remarked() -> None:
    text = '"a@npm:^1":\n  version: 1.9.9\n  resolution: "a@npm:1.0.0"\n'
    lockfile = read(text)
    assert lockfile.entries[0].release.version == "1.0.0"
    assert [(r.kind, r.at.line) for r in lockfile.remarks] == [(RemarkKind.HALVES_DISAGREE, 5)]


def test_what_stands_twice_is_remarked_and_the_last_counts() -> None:
    one = '"a@npm:^1":\n  version: {0}\n  resolution: "a@npm:{0}"\n\n'
    lockfile = read(
        one.format("1.0.0") + one.format("1.0.1")
        + '"b@npm:^1, a@npm:^1":\n  version: 1.0.2\n  version: 1.0.3\n  resolution: "a@npm:1.0.3"\n'
        + "  dependencies:\n    a: ^1\n    a: ^2\n"
    )  # fmt: skip
    assert [(r.kind, r.at.line) for r in lockfile.remarks] == [
        (RemarkKind.DUPLICATE_KEY, n) for n in (9, 13, 13, 13)
    ]
    assert [e.location for e in lockfile.entries] == ["a@npm:^1", "a@npm:^1 (line 9)", "b@npm:^1, a@npm:^1"]
    assert lockfile.entries[-1].edges == (Edge("a", "^2", EdgeKind.PROD),)


def test_an_entry_without_a_resolution_is_kept() -> None:
    found = read('"a@npm:^1":\n  version: 1.0.0\n  frobbed: true\n')
    assert found.entries[0].release.origin == FromUnknown("")
    assert [r.kind for r in found.remarks] == [RemarkKind.UNKNOWN_FIELD]


def test_keys_of_any_length_in_both_spellings() -> None:
    key = ", ".join(f"a@npm:^1.{i}.0" for i in range(500))
    body = '\n  version: 1.900.0\n  resolution: "a@npm:1.900.0"\n'
    for text in (f'"{key}":{body}', f'? "{key}"\n:{body}'):
        assert read(text).entries[0].location == key


@pytest.mark.parametrize("blank", ["", " ", "  ", "   ", "    ", "      "])
def test_blank_lines_may_stand_anywhere(blank: str) -> None:
    lines = ['"a@npm:^1":', "  version: 1.0.0", '  resolution: "a@npm:1.0.0"', "  dependencies:", "    b: ^1"]
    plain, spaced = read("\n".join(lines)), read(f"\n{blank}\n".join([*lines, ""]))
    assert [(e.release, e.edges) for e in spaced.entries] == [(e.release, e.edges) for e in plain.entries]


def test_yaml_quoting() -> None:
    plain = read('"a@npm:^1":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n').entries
    assert read("'a@npm:^1':\n  version: '1.0.0'\n  resolution: 'a@npm:1.0.0'\n").entries == plain
    assert (
        read('"\\u0061@npm:^1":\n  version: "1.0.0"\n\n  # c\n  resolution: a@npm:1.0.0\n').entries == plain
    )
    assert (
        parse(
            (HEAD + '"a@npm:^1":\r\n  version: 1.0.0\r\n  resolution: a@npm:1.0.0\r\n').encode(),
            "yarn.lock",
            lambda _: PUBLIC,
        ).entries
        == plain
    )


@pytest.mark.parametrize("version", [4, 5, 6, 7, 8, 9, 10])
def test_known_versions(version: int) -> None:
    data = f"__metadata:\n  version: {version}\n".encode()
    assert parse(data, "yarn.lock", lambda _: PUBLIC).version == str(version)


@pytest.mark.parametrize("version", ["3", "11", "x", "", "-4", "99999999999999999999", "٤"])
def test_unknown_versions_are_refused(version: str) -> None:
    with pytest.raises(Malformed):
        parse(f"__metadata:\n  version: '{version}'\n".encode(), "yarn.lock", lambda _: PUBLIC)


def test_comments_alone_lock_nothing() -> None:
    assert parse(b"# generated\n\n", "yarn.lock", lambda _: PUBLIC).entries == ()


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ('"a@npm:1"\n', 5, "does not write"),
        ('"a@npm:1": x\n', 5, "does not write"),
        ("- a:\n", 5, "does not write"),
        ("? - a\n", 5, "does not write"),
        ("? a\n  version: 1\n", 6, "does not write"),
        ("---\na:\n", 5, "does not write"),
        ("a:\n  version: {x: y}\n", 6, "does not write"),
        ("a:\n  version: &x 1\n", 6, "does not write"),
        ("a:\n  version: *x\n", 6, "does not write"),
        ("a:\n  version: !!str 1\n", 6, "does not write"),
        ("a:\n  version: |\n", 6, "does not write"),
        ("a:\n  version: 1 # no\n", 6, "does not write"),
        ("a:\n  version: b: c\n", 6, "does not write"),
        ("a:\n  version: 'it's'\n", 6, "does not write"),
        ('a:\n  version: "x\n', 6, "JSON does not have"),
        ("a:\n   version: 1\n", 6, "does not write"),
        ("a:\n\tversion: 1\n", 6, "does not write"),
        ("a:\n  dependencies:\n        b: 1\n", 7, "does not write"),
        ("a:\n    b: 1\n", 6, "does not write"),
        ("a:\n  version: 1\u2028\n", 6, "U\\+2028"),
        ("a:\n  version: 1\x85\n", 6, "U\\+0085"),
        ("? a\n", 6, "without a value"),
        ("<<<<<<< HEAD\na:\n", 5, "merge conflict"),
        ("a:\n>>>>>>> main\n", 6, "merge conflict"),
    ],
)  # fmt: skip
def test_what_yarn_does_not_write_is_refused(text: str, line: int, why: str) -> None:
    with pytest.raises(Malformed, match=why) as caught:
        read(text)
    assert caught.value.place == f"line {line}"


def test_without_metadata_yarn_would_read_nothing() -> None:
    with pytest.raises(Malformed, match="no __metadata"):
        parse(b'"a@npm:1":\n  version: 1.0.0\n', "yarn.lock", lambda _: PUBLIC)
