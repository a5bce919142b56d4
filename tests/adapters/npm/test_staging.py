import pytest

from forecheck.adapters.npm.program import NpmError
from forecheck.adapters.npm.staging import npx_folder, own_binary, pinned
from forecheck.model import Entry, EntryKind, FromGit, FromRegistry, FromTarball, Origin, Release

PUBLIC = FromRegistry("https://registry.npmjs.org/")


def entry(
    name: str = "tool",
    origin: Origin = PUBLIC,
    bins: tuple[str, ...] | None = None,
    installed_as: str = "",
    resolved: str = "",
) -> Entry:
    return Entry(
        location=f"node_modules/{installed_as or name}",
        kind=EntryKind.PACKAGE,
        release=Release(name, "1.2.3", origin),
        installed_as=installed_as or name,
        resolved=resolved,
        bins=bins,
    )


def test_the_order_of_packages_does_not_change_their_folder() -> None:
    assert npx_folder(["a@1.0.0", "b@1.0.0"]) == npx_folder(["b@1.0.0", "a@1.0.0"])
    assert npx_folder(["a@1.0.0"]) != npx_folder(["a@1.0.1"])


@pytest.mark.parametrize(
    ("name", "bins", "command"),
    [
        ("tool", ("tool",), "tool"),
        ("tool", ("other",), "other"),
        ("tool", ("other", "tool"), "tool"),
        ("@s/tool", ("other", "tool"), "tool"),
    ],
)
def test_the_command_a_package_is_run_by(name: str, bins: tuple[str, ...], command: str) -> None:
    assert own_binary(entry(name, bins=bins)) == command


@pytest.mark.parametrize("bins", [None, (), ("one", "two")])
def test_no_command_or_no_way_to_tell_which(bins: tuple[str, ...] | None) -> None:
    with pytest.raises(NpmError, match=rf"tool@1.2.3 offers {len(bins or ())} commands"):
        own_binary(entry(bins=bins))


@pytest.mark.parametrize(
    ("asked", "spec"),
    [
        (entry(), "tool@1.2.3"),
        (entry("@s/tool"), "@s/tool@1.2.3"),
        (entry(installed_as="alias"), "alias@npm:tool@1.2.3"),
        (entry(origin=FromGit("git+ssh://git@h/r.git", "abc")), "git+ssh://git@h/r.git#abc"),
        (entry(origin=FromTarball("https://h/x.tgz"), resolved="https://h/x.tgz"), "https://h/x.tgz"),
        (entry(origin=FromTarball("file:x.tgz"), resolved="file:x.tgz"), "file:x.tgz"),
    ],
)
def test_a_pinned_spec_names_one_release(asked: Entry, spec: str) -> None:
    assert pinned(asked) == spec
