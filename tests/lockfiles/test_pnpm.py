import pytest

from forecheck.decode import Malformed
from forecheck.lockfiles.pnpm import parse
from forecheck.model import (
    Edge,
    EdgeKind,
    Entry,
    EntryKind,
    FromBundle,
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
V5 = "lockfileVersion: 5.4\n"
V6 = "lockfileVersion: '6.0'\n"
V9 = "lockfileVersion: '9.0'\n"


def read(text: str, registry: str = PUBLIC) -> Lockfile:
    return parse(text.encode(), "pnpm-lock.yaml", lambda _: registry)


def packages(lockfile: Lockfile) -> dict[str, Entry]:
    return {e.location: e for e in lockfile.entries if e.kind is EntryKind.PACKAGE}


def only(text: str, registry: str = PUBLIC) -> Entry:
    (found,) = packages(read(text, registry)).values()
    return found


NINE = (
    V9
    + """
importers:
  .:
    dependencies:
      '@s/a':
        specifier: ^1.0.0
        version: 1.2.3(react@18.0.0)
      sw:
        specifier: npm:string-width@^4
        version: string-width@4.2.3
      out:
        specifier: link:../out
        version: link:../out
      w:
        specifier: workspace:*
        version: link:packages/w
    devDependencies:
      react:
        specifier: ^18
        version: 18.0.0
  packages/w:
    optionalDependencies:
      '@s/a':
        specifier: ^1.0.0
        version: 1.2.3
packages:
  '@s/a@1.2.3':
    resolution: {integrity: sha512-a}
    peerDependencies:
      react: '>=17'
      vue: '*'
    peerDependenciesMeta:
      vue:
        optional: true
    os: [linux, darwin]
    cpu: [x64]
    libc: [musl]
    hasBin: true
  react@18.0.0:
    resolution: {integrity: sha512-r}
  string-width@4.2.3:
    resolution: {integrity: sha512-s}
snapshots:
  '@s/a@1.2.3': {}
  '@s/a@1.2.3(react@18.0.0)':
    dependencies:
      react: 18.0.0
      sw2: string-width@4.2.3
      gone: 1.0.0
    optionalDependencies:
      string-width: 4.2.3
    optional: true
  react@18.0.0: {}
  string-width@4.2.3: {}
"""
)


def test_projects_packages_and_peers() -> None:
    lockfile = read(NINE)
    assert (lockfile.format, lockfile.manager, lockfile.version) == ("pnpm", "pnpm", "9.0")
    root, workspace = lockfile.entries[:2]
    assert (root.kind, root.location, root.at) == (EntryKind.ROOT, ".", Location("pnpm-lock.yaml", 4, 3))
    assert root.edges == (
        Edge("@s/a", "^1.0.0", EdgeKind.PROD, target="@s/a@1.2.3(react@18.0.0)"),
        Edge("sw", "npm:string-width@^4", EdgeKind.PROD, target="string-width@4.2.3"),
        Edge("out", "link:../out", EdgeKind.PROD, target="out@link:../out"),
        Edge("w", "workspace:*", EdgeKind.PROD, target="packages/w"),
        Edge("react", "^18", EdgeKind.DEV, target="react@18.0.0"),
    )
    assert (workspace.kind, workspace.location, workspace.release.origin) == (
        EntryKind.WORKSPACE,
        "packages/w",
        FromDirectory("packages/w"),
    )
    assert workspace.edges == (Edge("@s/a", "^1.0.0", EdgeKind.OPTIONAL, optional=True, target="@s/a@1.2.3"),)
    plain, variant = packages(lockfile)["@s/a@1.2.3"], packages(lockfile)["@s/a@1.2.3(react@18.0.0)"]
    assert plain.release == variant.release
    assert (variant.release.spec, variant.release.origin) == ("@s/a@1.2.3", FromRegistry(PUBLIC))
    assert (variant.integrity, variant.optional, plain.optional) == ("sha512-a", True, False)
    assert variant.platform == ("os=linux", "os=darwin", "cpu=x64", "libc=musl")
    assert variant.at == plain.at == Location("pnpm-lock.yaml", 28, 3)
    assert variant.edges == (
        Edge("react", ">=17", EdgeKind.PEER, target="react@18.0.0"),
        Edge("sw2", "npm:string-width@4.2.3", EdgeKind.PROD, target="string-width@4.2.3"),
        Edge("gone", "1.0.0", EdgeKind.PROD),
        Edge("string-width", "4.2.3", EdgeKind.OPTIONAL, optional=True, target="string-width@4.2.3"),
        Edge("vue", "*", EdgeKind.PEER, optional=True),
    )
    link = lockfile.entries[-1]
    assert (link.kind, link.location, link.release.origin, link.resolved) == (
        EntryKind.LINK,
        "out@link:../out",
        FromDirectory("../out"),
        "link:../out",
    )
    assert lockfile.remarks == ()


def test_the_name_depended_on_is_the_alias_where_nothing_uses_the_real_one() -> None:
    text = V9 + (
        "importers:\n  .:\n    dependencies:\n      ms: {specifier: ^2, version: evil@1.0.0}\n"
        "packages:\n  evil@1.0.0:\n    resolution: {integrity: sha512-e}\n"
    )
    found = only(text)
    assert (found.installed_as, found.release.name) == ("ms", "evil")


FIVE = (
    V5
    + """
specifiers: {a: ^1, al: 'npm:b@^2', l: 'link:../l', t: 'https://h/t.tgz'}
dependencies:
  a: 1.0.0_react@17.0.0
  al: /b/2.0.0
  l: link:../l
  t: '@h.example/t.tgz'
packages:
  /a/1.0.0_react@17.0.0:
    resolution: {integrity: sha512-a}
    dev: false
    requiresBuild: true
    dependencies: {b: 2.0.0}
  /b/2.0.0:
    resolution: {integrity: sha512-b}
    dev: true
    optional: true
  '@h.example/t.tgz':
    resolution: {tarball: 'https://h.example/t.tgz'}
    name: t
    version: 1.0.0
"""
)


def test_the_slashes_of_version_five() -> None:
    lockfile = read(FIVE)
    found = packages(lockfile)
    a, b, t = found.values()
    assert [e.target for e in lockfile.entries[0].edges] == [
        "/a/1.0.0_react@17.0.0", "/b/2.0.0", "l@link:../l", "@h.example/t.tgz",
    ]  # fmt: skip
    assert [e.wanted for e in lockfile.entries[0].edges] == ["^1", "npm:b@^2", "link:../l", "https://h/t.tgz"]
    assert (a.release.spec, a.install_script, a.dev, a.edges[0].target) == (
        "a@1.0.0",
        True,
        False,
        "/b/2.0.0",
    )
    assert (b.release.spec, b.install_script, b.dev, b.optional) == ("b@2.0.0", None, True, True)
    assert (t.release.spec, t.release.origin) == ("t@1.0.0", FromTarball("https://h.example/t.tgz"))
    assert t.resolved == "https://h.example/t.tgz"


def test_peers_after_a_slash_in_shrinkwraps() -> None:
    text = (
        "dependencies:\n  tslint: /tslint/5.13.1/typescript@3.3.3333\npackages:\n"
        "  /tslint/5.13.1/typescript@3.3.3333:\n    resolution: {integrity: sha512-x}\n"
        "registry: 'https://corp.example/npm/'\nshrinkwrapVersion: 3\nspecifiers:\n  tslint: 5.13.1\n  lost: ^1\n"
    )
    lockfile = read(text)
    (found,) = packages(lockfile).values()
    assert (lockfile.version, found.release.spec, found.release.origin) == (
        "3",
        "tslint@5.13.1",
        FromRegistry(CORP),
    )
    assert lockfile.entries[0].edges == (
        Edge("tslint", "5.13.1", EdgeKind.PROD, target=found.location),
        Edge("lost", "^1", EdgeKind.PROD),
    )


@pytest.mark.parametrize(
    ("text", "spec", "origin"),
    [
        (V5 + "packages: {/a/1.0.0: }", "a@1.0.0", FromRegistry(PUBLIC)),
        (V5 + "packages: {/@s/a/1.0.0: {resolution: {integrity: x}}}", "@s/a@1.0.0", FromRegistry(PUBLIC)),
        (V5 + "packages: {corp.example/a/1.0.0: {resolution: {integrity: x}}}", "a@1.0.0", FromRegistry("https://corp.example/")),
        (V5 + "packages: {registry.npmjs.org/a/1.0.0: {}}", "a@1.0.0", FromRegistry(PUBLIC)),
        (V5 + "packages: {corp/a/1.0.0: {resolution: {integrity: x, registry: 'https://corp.example/npm/'}}}", "a@1.0.0", FromRegistry(CORP)),
        (V5 + "packages: {/a/b: {resolution: {integrity: x}}}", "/a/b", FromUnknown("/a/b")),
        (V5 + "packages: {nonsense: {resolution: {integrity: x}}}", "nonsense", FromUnknown("nonsense")),
        (V6 + "packages: {/a@1.0.0(b@1.0.0)(c@2.0.0(d@1)): {resolution: {integrity: x}}}", "a@1.0.0", FromRegistry(PUBLIC)),
        (V6 + "packages: {corp.example/a@1.0.0: {resolution: {integrity: x}}}", "a@1.0.0", FromRegistry("https://corp.example/")),
        (V6 + "packages: {'file:a.tgz': {name: a, version: 1.0.0, resolution: {tarball: 'file:a.tgz'}}}", "a@1.0.0", FromTarball("file:a.tgz")),
        (V6 + "packages: {'file:a': {name: a, resolution: {directory: a, type: directory}}}", "a", FromDirectory("a")),
        (V6 + "packages: {github.com/o/r/0a1b: {name: a, version: 1.0.0, resolution: {tarball: 'https://codeload.github.com/o/r/tar.gz/0a1b'}}}", "a@1.0.0", FromTarball("https://codeload.github.com/o/r/tar.gz/0a1b")),
        (V9 + "packages: {a@1.0.0: {resolution: {integrity: x}}}", "a@1.0.0", FromRegistry(PUBLIC)),
        (V9 + "packages: {a@1.0.0: {resolution: {integrity: x, tarball: 'https://registry.npmjs.org/a/-/a-1.0.0.tgz'}}}", "a@1.0.0", FromRegistry(PUBLIC)),
        (V9 + "packages: {a@1.0.0: {resolution: {integrity: x, tarball: 'https://evil.example/a/-/a-1.0.0.tgz'}}}", "a@1.0.0", FromTarball("https://evil.example/a/-/a-1.0.0.tgz")),
        (V9 + "packages: {a@1.0.0: {resolution: {integrity: x, tarball: a/-/a-1.0.0.tgz}}}", "a@1.0.0", FromRegistry(PUBLIC)),
        (V9 + "packages: {a@1.0.0: {resolution: {integrity: x, tarball: ../b/-/b-1.0.0.tgz}}}", "a@1.0.0", FromTarball("https://registry.npmjs.org/b/-/b-1.0.0.tgz")),
        (V9 + "packages: {a@1.0.0: {resolution: {integrity: x, tarball: '//[/b.tgz'}}}", "a@1.0.0", FromUnknown("//[/b.tgz")),
        (V9 + "packages: {a@1.0.0: {resolution: {type: directory, directory: ../gw}}}", "a@1.0.0", FromDirectory("../gw")),
        (V9 + "packages: {a@1.0.0: {resolution: {type: git, repo: 'git@h:o/r.git', commit: 0a}}}", "a@1.0.0", FromGit("git@h:o/r.git", "0a")),
        (V9 + "packages: {a@1.0.0: {resolution: {type: 'custom:x', url: y}}}", "a@1.0.0", FromUnknown("custom:x")),
        (V9 + "packages: {'a@https://h/a.tgz': {version: 2.0.0, resolution: {tarball: 'https://h/a.tgz'}}}", "a@2.0.0", FromTarball("https://h/a.tgz")),
        (V9 + "packages: {'a@file:a.tgz': {version: 2.0.0, resolution: {tarball: 'file:a.tgz'}}}", "a@2.0.0", FromTarball("file:a.tgz")),
        (V9 + "packages: {'a@file:a': {resolution: {tarball: 'file:a'}}}", "a", FromDirectory("a")),
        (V9 + "packages: {'a@b@1.0.0': {resolution: {integrity: x}}}", "a", FromUnknown("b@1.0.0")),
        (V9 + "packages: {noversion: {resolution: {integrity: x}}}", "noversion", FromUnknown("noversion")),
        (V9 + "packages: {a@1.0.0: {resolution: nonsense}}", "a@1.0.0", FromRegistry(PUBLIC)),
    ],
)  # fmt: skip
def test_sources(text: str, spec: str, origin: Origin) -> None:
    found = only(text)
    assert (found.release.spec, found.release.origin) == (spec, origin)


def test_a_snapshot_without_its_package_is_kept() -> None:
    found = packages(read(V9 + "packages: {a@1.0.0: {resolution: {integrity: x}}}\nsnapshots: {b@1.0.0: {}}"))
    assert list(found) == ["b@1.0.0", "a@1.0.0"]


@pytest.mark.parametrize(
    ("text", "patch"),
    [
        (V9 + "patchedDependencies: {a@1.0.0: {hash: h, path: p/a.patch}}\npackages: {a@1.0.0: {resolution: {integrity: x}}}\nsnapshots: {a@1.0.0(patch_hash=h): {}}", "p/a.patch"),
        (V9 + "patchedDependencies: {a: h}\npackages: {a@1.0.0: {resolution: {integrity: x}}}\nsnapshots: {a@1.0.0(patch_hash=h)(b@1): {}}", "h"),
        (V9 + "packages: {a@1.0.0: {resolution: {integrity: x}}}\nsnapshots: {a@1.0.0(patch_hash=h): {}}", "h"),
        (V5 + "patchedDependencies: {a@1.0.0: {hash: h, path: p/a.patch}}\npackages: {/a/1.0.0_h: {patched: true}}", "p/a.patch"),
        (V5 + "packages: {/a/1.0.0_h: {patched: true}}", "patched"),
        (V5 + "packages: {/a/1.0.0_h: {}}", ""),
    ],
)  # fmt: skip
def test_patches(text: str, patch: str) -> None:
    assert only(text).patch == patch


def test_bundled_packages_are_entries_of_their_own() -> None:
    lockfile = read(
        V9 + "packages: {a@1.0.0: {resolution: {integrity: x}, bundledDependencies: [b, '@s/c']}}"
    )
    a, b, c = packages(lockfile).values()
    assert [(e.location, e.release.origin) for e in (b, c)] == [
        ("a@1.0.0/b", FromBundle("a")),
        ("a@1.0.0/@s/c", FromBundle("a")),
    ]
    assert [e.target for e in a.edges] == [b.location, c.location]


def test_each_platform_may_have_an_archive_of_its_own() -> None:
    text = (
        V9
        + """
packages:
  node@runtime:22.0.0:
    resolution:
      type: variations
      variants:
        - resolution: {archive: tarball, type: binary, url: 'https://nodejs.org/l.tgz', integrity: sha256-l}
          targets: [{os: linux, cpu: x64, libc: musl}, {os: aix, cpu: ppc64}]
        - resolution: {archive: zip, type: binary, url: 'https://nodejs.org/w.zip', integrity: sha256-w}
          targets: [{os: win32, cpu: x64}]
    version: 22.0.0
"""
    )
    linux, windows = packages(read(text)).values()
    assert (linux.location, linux.platform) == (
        "node@runtime:22.0.0",
        ("os=linux & cpu=x64 & libc=musl | os=aix & cpu=ppc64",),
    )
    assert (windows.location, windows.platform) == ("node@runtime:22.0.0#1", ("os=win32", "cpu=x64"))
    assert (windows.integrity, windows.release.origin) == (
        "sha256-w",
        FromTarball("https://nodejs.org/w.zip"),
    )
    assert [edge.target for edge in linux.edges] == [windows.location]


def test_both_documents_are_read() -> None:
    lockfile = read(
        "---\n" + V9 + "importers:\n  .:\n    packageManagerDependencies:\n      pnpm: {specifier: 11.0.0, version: 11.0.0}\n"
        "packages:\n  pnpm@11.0.0:\n    resolution: {integrity: sha512-p}\nsnapshots:\n  pnpm@11.0.0: {}\n---\n"
        + V9 + "importers:\n  .:\n    dependencies:\n      a: {specifier: ^1, version: 1.0.0}\n"
        "packages:\n  a@1.0.0:\n    resolution: {integrity: sha512-a}\nsnapshots:\n  a@1.0.0: {}\n"
    )  # fmt: skip
    assert [(e.location, e.at.line if e.at else 0) for e in lockfile.entries] == [
        ("env:.", 4), ("env:pnpm@11.0.0", 8), (".", 15), ("a@1.0.0", 19),
    ]  # fmt: skip
    assert lockfile.entries[0].edges == (Edge("pnpm", "11.0.0", EdgeKind.PROD, target="env:pnpm@11.0.0"),)
    assert lockfile.entries[2].edges[0].target == "a@1.0.0"


def test_fields_that_contradict_the_key_are_remarked() -> None:
    lockfile = read(
        V5 + "packages:\n  /ms/2.1.3:\n    name: evil\n    resolution: {integrity: x}\n    frobbed: 1\n"
    )
    assert [(r.kind, r.at.line) for r in lockfile.remarks] == [
        (RemarkKind.HALVES_DISAGREE, 3),
        (RemarkKind.UNKNOWN_FIELD, 3),
    ]
    assert packages(lockfile)["/ms/2.1.3"].release.name == "ms"


def test_top_level_fields_that_pnpm_does_not_have_are_remarked() -> None:
    lockfile = read(
        V9 + "frobbed: 1\nregistry: https://evil.example/\npackages: {a@1.0.0: {resolution: {integrity: x}}}"
    )
    assert [(r.about, r.at.line) for r in lockfile.remarks] == [("frobbed", 2), ("registry", 3)]
    assert packages(lockfile)["a@1.0.0"].release.origin == FromRegistry(PUBLIC)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "holds nothing"),
        ("# nothing\n", "holds nothing"),
        ("[]", "no mapping"),
        ("a: 1", "no lockfileVersion"),
        ("lockfileVersion: [9]", "no lockfileVersion"),
        ("lockfileVersion: 10.0", "unknown lockfileVersion"),
        ("lockfileVersion: 8.0", "unknown lockfileVersion"),
        (V9 + "packages: []", "no mapping at packages"),
        (V9 + "packages: {a@1.0.0: [x]}", "no mapping at a@1.0.0"),
        (V9 + "importers: {.: x}", "no mapping"),
        (V9 + "packages: {a@1: {}, a@1: {}}", "'a@1' twice"),
        (V5 + "importers: {h/a/1.0.0: {}}\npackages: {h/a/1.0.0: {}}", "both as a project and as a package"),
        (V9 + "<<<<<<< HEAD\npackages: {}\n", "merge conflict"),
        ("---\n" + V9 + "---\n" + V9 + "---\n" + V9, "more than 2 documents"),
        (V9 + "packages: {a@1.0.0: {<<: {x: y}}}", "merge key"),
    ],
)  # fmt: skip
def test_what_is_no_lockfile_of_pnpm_is_refused(text: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        read(text)


def test_a_resolution_may_stand_in_the_snapshot() -> None:
    found = read(
        V9 + "packages: {a@1.0.0: {engines: {node: '*'}}}\n"
        "snapshots: {a@1.0.0: {resolution: {integrity: x, tarball: 'https://x.example/a.tgz'}}}"
    )
    assert found.entries[-1].release.origin == FromTarball("https://x.example/a.tgz")


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("", "*"),
        ("overrides: {b: 'link:docs/b'}\n", "link:docs/b"),
        ("overrides: {'c>b@1': 'link:docs/b'}\n", "link:docs/b"),
        ("overrides: {c: 'link:docs/b'}\n", "*"),
        ("pnpmfileChecksum: x\n", "link:docs/b"),
    ],
)
def test_a_published_package_asks_for_no_folder(said: str, wanted: str) -> None:
    found = read(
        V9 + said + "packages: {a@1.0.0: {resolution: {integrity: x}}}\n"
        "snapshots: {a@1.0.0: {dependencies: {b: 'link:docs/b'}}}"
    )
    package = next(one for one in found.entries if one.location == "a@1.0.0")
    assert [edge.wanted for edge in package.edges] == [wanted]
