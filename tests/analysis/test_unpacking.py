import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.analysis.archive import TooLarge
from forecheck.analysis.package_files import PackageFiles
from forecheck.analysis.package_json import PackageJson
from forecheck.analysis.unpacking import MAX_MANIFEST, read_package
from forecheck.decode import Malformed
from tests.fakes.tarball import Entry, build, pack


def read(files: dict[str, Any]) -> PackageFiles:
    texts = {
        path: content if isinstance(content, str | bytes) else json.dumps(content)
        for path, content in files.items()
    }
    return read_package(build(texts).data, "x@1.0.0")


def test_what_is_kept_of_a_package() -> None:
    found = read(
        {
            "package.json": {"name": "x", "version": "1.0.0", "directories": {"bin": "./bin"}},
            "index.js": "12345",
            "npm-shrinkwrap.json": "{}",
        }
    )
    assert found.declared == PackageJson(name="x", version="1.0.0")
    assert (found.damage, found.bin_folder) == ("", "./bin")
    assert (found.binding, found.shrinkwrap, found.twins) == (False, True, False)
    assert (found.files, found.inner, found.runs()) == (3, (), {})
    assert found.size == 7 + len(
        json.dumps({"name": "x", "version": "1.0.0", "directories": {"bin": "./bin"}})
    )


@pytest.mark.parametrize(
    ("manifest", "runs"),
    [
        ({}, {"install": "node-gyp rebuild"}),
        ({"gypfile": True}, {"install": "node-gyp rebuild"}),
        ({"gypfile": False}, {}),
        ({"scripts": {"install": "x"}}, {"install": "x"}),
        ({"scripts": {"preinstall": "x"}}, {"preinstall": "x"}),
        ({"scripts": {"postinstall": "x"}}, {"postinstall": "x", "install": "node-gyp rebuild"}),
        ({"scripts": {"install": ""}}, {"install": "node-gyp rebuild"}),
    ],
)
@pytest.mark.parametrize("file", ["binding.gyp", "Binding.GYP"])
def test_a_binding_is_built_unless_a_script_does_it(
    manifest: dict[str, Any], runs: dict[str, str], file: str
) -> None:
    assert read({"package.json": manifest, file: ""}).runs() == runs
    inner = read(
        {"package.json": {}, "node_modules/a/package.json": manifest, f"node_modules/a/{file}": ""}
    ).inner
    assert [one.runs for one in inner] == [runs]


@pytest.mark.parametrize(
    "manifest", [b"", b"[]", b"{", b"null", b"'", b'{"a": 1', b"/**package {} **/", b"\xff\xfe{"], ids=repr
)
def test_a_manifest_that_cannot_be_read_is_told_and_hides_nothing(manifest: bytes) -> None:
    found = read({"package.json": manifest, "binding.gyp": ""})
    assert found.declared is None
    assert found.damage.startswith("x@1.0.0: package.json")
    assert found.runs() == {"install": "node-gyp rebuild"}


def test_a_manifest_that_is_not_there() -> None:
    found = read({"index.js": ""})
    assert found.declared is None
    assert "is missing" in found.damage


@pytest.mark.parametrize("data", [b'\xef\xbb\xbf{"name": "x"}', b'{"name": "x", "author": "Andr\xe9"}'])
def test_what_node_reads_is_read(data: bytes) -> None:
    assert read({"package.json": data}).declared == PackageJson(name="x")


def test_dependencies_whose_version_is_no_text_are_none_as_for_npm() -> None:
    found = read({"package.json": {"dependencies": {"a": 1, "b": "^1"}, "bin": ["bin/x.js"], "name": "n"}})
    assert found.declared == PackageJson(name="n", dependencies={"b": "^1"}, bin={"x.js": "bin/x.js"})


def test_several_manifests_that_differ_in_case_or_not_at_all() -> None:
    one, other = b'{"name": "x"}', b'{"name": "y"}'
    twins = [Entry("package/package.json", one), Entry("package/Package.json", other)]
    found = read_package(pack(twins), "x")
    assert found.twins
    assert found.declared == PackageJson(name="x")
    again = read_package(pack([Entry("package/package.json", one), Entry("other/package.json", other)]), "x")
    assert again.twins
    assert again.declared == PackageJson(name="y")
    assert not read_package(pack([Entry("a/package.json", one), Entry("b/package.json", one)]), "x").twins


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("node_modules/a", True),
        ("node_modules/@s/a", True),
        ("node_modules/a/node_modules/b", True),
        ("node_modules/a/node_modules/@s/b", True),
        ("Node_Modules/a", True),
        ("node_modules/@s", False),
        ("node_modules/.cache", False),
        ("node_modules/a/test", False),
        ("node_modules/a/test/node_modules/b", False),
        ("test/node_modules/a", False),
        ("node_modules", False),
    ],
)
def test_which_folders_are_packages(path: str, inside: bool) -> None:
    found = read({"package.json": {}, f"{path}/package.json": {"name": "a", "version": "2.0.0"}})
    assert [one.path for one in found.inner] == ([path] if inside else [])


def test_the_bundle_is_what_it_reaches_by_nodes_rule() -> None:
    def package(**needs: str) -> dict[str, Any]:
        return {"name": "n", "version": "1.0.0", "dependencies": needs}

    found = read(
        {
            "package.json": {"bundleDependencies": ["a"], "dependencies": {"a": "*"}},
            "node_modules/a/package.json": package(b="*", c="*", gone="*"),
            "node_modules/a/node_modules/b/package.json": package(d="*"),
            "node_modules/b/package.json": package(),
            "node_modules/c/package.json": package(a="*"),
            "node_modules/d/package.json": package(),
            "node_modules/left-over/package.json": package(),
        }
    )
    assert [one.path for one in found.bundled()] == [
        "node_modules/a",
        "node_modules/a/node_modules/b",
        "node_modules/c",
        "node_modules/d",
    ]
    assert {one.path for one in found.inner} - {one.path for one in found.bundled()} == {
        "node_modules/b",
        "node_modules/left-over",
    }


def test_an_inner_package_that_cannot_be_read_or_has_no_manifest() -> None:
    found = read({"package.json": {}, "node_modules/a/package.json": "{", "node_modules/b/binding.gyp": ""})
    assert [(one.path, bool(one.damage), one.runs) for one in found.inner] == [
        ("node_modules/a", True, {}),
        ("node_modules/b", True, {"install": "node-gyp rebuild"}),
    ]


def test_a_manifest_larger_than_any_is_refused() -> None:
    with pytest.raises(TooLarge):
        read({"package.json": b" " * (MAX_MANIFEST + 1)})


@given(
    st.dictionaries(
        st.sampled_from(["package.json", "binding.gyp", "node_modules/a/package.json"]), st.binary()
    )
)
def test_any_contents_give_a_value(files: dict[str, bytes]) -> None:
    found = read_package(build(files).data, "x")
    assert (found.declared is None) is bool(found.damage)
    assert found.files == len(files)


@given(st.binary())
def test_any_bytes_give_a_value_or_one_of_the_two_errors(data: bytes) -> None:
    try:
        read_package(data, "x")
    except (Malformed, TooLarge):
        return


@given(st.data())
def test_a_damaged_archive_gives_a_value_or_one_of_the_two_errors(data: st.DataObject) -> None:
    whole = bytearray(build({"package.json": '{"name": "x"}', "node_modules/a/package.json": "{}"}).data)
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    try:
        read_package(bytes(whole), "x")
    except (Malformed, TooLarge):
        return
