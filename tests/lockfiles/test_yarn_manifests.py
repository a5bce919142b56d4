from collections.abc import Mapping

from forecheck.lockfiles import pnpm, yarn_berry, yarn_classic
from forecheck.lockfiles.yarn_manifests import with_manifests
from forecheck.model import Edge, EdgeKind, Entry, EntryKind, FromDirectory, Lockfile
from forecheck.resolve.paths import dependency_paths

PUBLIC = "https://registry.npmjs.org/"

CLASSIC = """# yarn lockfile v1

a@^1.0.0:
  version "1.0.0"
  dependencies:
    b "^1.0.0"
    w "^1.0.0"

b@2.0.0:
  version "2.0.0"

w@^9:
  version "9.0.0"
"""
MANIFESTS: Mapping[str, Mapping[str, object]] = {
    ".": {
        "name": "root",
        "version": "0.1.0",
        "dependencies": {"a": "^1.0.0"},
        "devDependencies": {"w": "^9"},
        "optionalDependencies": {"gone": "1"},
        "peerDependencies": {"p": "*"},
        "resolutions": {"a/**/b": "2.0.0"},
    },
    "packages/w": {
        "name": "w",
        "version": "1.5.0",
        "dependencies": {"b": "^7"},
        "devDependencies": "nonsense",
    },
}
BERRY = """__metadata:
  version: 8

"a@npm:^1":
  version: 1.0.0
  resolution: "a@npm:1.0.0"
  dependencies:
    "@s/b": "npm:^1"
    c: "npm:^1"

"@s/b@npm:2.0.0":
  version: 2.0.0
  resolution: "@s/b@npm:2.0.0"

"c@patch:c@npm%3A1.0.0#./c.patch::locator=root%40workspace%3A.":
  version: 1.0.0
  resolution: "c@patch:c@npm%3A1.0.0#./c.patch::version=1.0.0&hash=1&locator=root%40workspace%3A."

"root@workspace:.":
  version: 0.0.0-use.local
  resolution: "root@workspace:."
  dependencies:
    a: "npm:^1"
    both: "npm:^1"
"""


def classic(manifests: Mapping[str, Mapping[str, object]]) -> Lockfile:
    return with_manifests(yarn_classic.parse(CLASSIC.encode(), "yarn.lock", lambda _: PUBLIC), manifests)


def by_location(lockfile: Lockfile) -> dict[str, Entry]:
    return {entry.location: entry for entry in lockfile.entries}


def test_yarn_1_gets_its_root_and_workspaces() -> None:
    found = by_location(classic(MANIFESTS))
    assert list(found) == ["", "packages/w", "a@^1.0.0", "b@2.0.0", "w@^9"]
    root, workspace = found[""], found["packages/w"]
    assert (root.kind, root.release.spec) == (EntryKind.ROOT, "root@0.1.0")
    assert root.edges == (
        Edge("a", "^1.0.0", EdgeKind.PROD, target="a@^1.0.0"),
        Edge("w", "^9", EdgeKind.DEV, target="w@^9"),
        Edge("gone", "1", EdgeKind.OPTIONAL, optional=True),
        Edge("p", "*", EdgeKind.PEER),
    )
    assert (workspace.kind, workspace.release.origin) == (EntryKind.WORKSPACE, FromDirectory("packages/w"))


def test_workspaces_and_resolutions_answer_what_the_file_does_not() -> None:
    found = by_location(classic(MANIFESTS))
    assert [edge.target for edge in found["a@^1.0.0"].edges] == ["b@2.0.0", "packages/w"]
    assert [edge.target for edge in found["packages/w"].edges] == ["b@2.0.0"]


def test_the_paths_then_begin_at_the_root() -> None:
    paths = dependency_paths(classic(MANIFESTS))
    assert paths["a@^1.0.0"] == ("a@1.0.0",)
    assert paths["b@2.0.0"] == ("packages/w", "b@2.0.0")
    assert dependency_paths(classic({})) == {}


def test_without_a_root_manifest_the_root_stays() -> None:
    lockfile = classic({"packages/w": {}})
    assert [entry.kind for entry in lockfile.entries[:2]] == [EntryKind.ROOT, EntryKind.WORKSPACE]
    assert lockfile.entries[1].release.name == "packages/w"


def test_berry_learns_what_is_for_development_and_what_resolutions_answer() -> None:
    lockfile = yarn_berry.parse(BERRY.encode(), "yarn.lock", lambda _: PUBLIC)
    assert [edge.target for edge in by_location(lockfile)["a@npm:^1"].edges] == ["", ""]
    manifest = {
        "dependencies": {"both": "^1"},
        "devDependencies": {"a": "^1", "both": "^1"},
        "resolutions": {"a/@s/b@npm:^1": "2.0.0", "c": "patch:c@npm%3A1.0.0#./c.patch"},
    }
    joined = by_location(with_manifests(lockfile, {"": manifest}))
    assert [edge.target for edge in joined["a@npm:^1"].edges] == [
        "@s/b@npm:2.0.0",
        "c@patch:c@npm%3A1.0.0#./c.patch::locator=root%40workspace%3A.",
    ]
    assert [edge.kind for edge in joined["root@workspace:."].edges] == [EdgeKind.DEV, EdgeKind.PROD]


def test_other_formats_say_it_all_themselves() -> None:
    lockfile = pnpm.parse(b"lockfileVersion: '9.0'\n", "pnpm-lock.yaml", lambda _: PUBLIC)
    assert with_manifests(lockfile, MANIFESTS) is lockfile
