import pytest

from forecheck.npm.config import ConfigFile, command_layer, environment_layer, file_layer
from forecheck.npm.ini import Value
from forecheck.npm.layers import Layer, LayerKind, Place
from forecheck.npm.locations import (
    Folder,
    Root,
    ancestors,
    builtin_npmrc,
    cache_folder,
    default_prefix,
    global_npmrc,
    is_global,
    project_npmrc,
    project_root,
    user_npmrc,
)


def place(cwd: str = "/w/repo/packages/a/src", node: str = "/usr/local/bin/node", **env: str) -> Place:
    return Place(home="/home/u", cwd=cwd, env=env, node=node)


def windows(**env: str) -> Place:
    return Place(home="C:\\Users\\u", cwd="D:\\w\\repo", env=env, windows=True, node="C:\\nodejs\\node.exe")


def layers(at: Place, *, cli: tuple[tuple[str, Value], ...] = (), **files: str) -> tuple[Layer, ...]:
    read = [file_layer(LayerKind(kind), ConfigFile(f"/{kind}", text), at) for kind, text in files.items()]
    return (*read, environment_layer(at), command_layer(cli, at))


def test_ancestors() -> None:
    assert ancestors("/a/b/", place()) == ("/a/b", "/a", "/")
    assert ancestors("D:\\a\\b", windows()) == ("D:\\a\\b", "D:\\a", "D:\\")


class TestRoot:
    FOLDERS = (
        Folder("/w/repo/packages/a/src"),
        Folder("/w/repo/packages/a", has_package_json=True),
        Folder("/w/repo/packages"),
        Folder("/w/repo", has_package_json=True, workspaces=frozenset({"/w/repo/packages/a"})),
        Folder("/w"),
        Folder("/"),
    )

    def test_a_workspace_belongs_to_its_root(self) -> None:
        at = place()
        assert project_root(self.FOLDERS, layers(at), at) == Root("/w/repo", "/w/repo/packages/a")

    @pytest.mark.parametrize("flag", [("workspaces", False), ("global", True), ("location", "global")])
    def test_unless_told_otherwise(self, flag: tuple[str, Value]) -> None:
        at = place()
        assert project_root(self.FOLDERS, layers(at, cli=(flag,)), at) == Root("/w/repo/packages/a")

    def test_the_environment_cannot_switch_workspaces_off(self) -> None:
        at = place(npm_config_workspaces="false")
        assert project_root(self.FOLDERS, layers(at), at).path == "/w/repo"

    def test_a_folder_that_is_no_workspace_is_its_own_root(self) -> None:
        folders = (
            self.FOLDERS[1],
            Folder("/w/repo", has_package_json=True, workspaces=frozenset({"/w/repo/x"})),
        )
        assert project_root(folders, (), place()) == Root("/w/repo/packages/a")

    def test_node_modules_marks_a_root_too(self) -> None:
        assert project_root((Folder("/w"), Folder("/", has_node_modules=True)), (), place()) == Root("/")

    def test_without_either_it_is_the_working_directory(self) -> None:
        assert project_root((Folder("/w/x"), Folder("/w")), (), place("/w/x")) == Root("/w/x")

    def test_prefix_on_the_command_line_is_taken_as_it_is(self) -> None:
        at = place()
        assert project_root(self.FOLDERS, layers(at, cli=(("prefix", "../b"),)), at) == Root(
            "/w/repo/packages/a/b"
        )

    def test_prefix_elsewhere_is_not_the_projects(self) -> None:
        at = place(npm_config_prefix="/x")
        assert project_root(self.FOLDERS, layers(at, user="prefix=/y"), at).path == "/w/repo"


class TestFiles:
    def test_usual_places(self) -> None:
        at = place()
        assert user_npmrc((), at) == "/home/u/.npmrc"
        assert global_npmrc((), at) == "/usr/local/etc/npmrc"
        assert project_npmrc(Root("/w/repo"), (), at) == "/w/repo/.npmrc"
        assert builtin_npmrc("/usr/local/lib/node_modules/npm", at) == "/usr/local/lib/node_modules/npm/npmrc"

    @pytest.mark.parametrize("name", ["npm_config_userconfig", "NPM_CONFIG_USERCONFIG"])
    def test_userconfig_of_the_environment(self, name: str) -> None:
        at = place(**{name: "~/other"})
        assert user_npmrc(layers(at), at) == "/home/u/other"

    def test_the_command_line_comes_first(self) -> None:
        at = place(npm_config_userconfig="/e")
        assert user_npmrc(layers(at, cli=(("userconfig", "/c"),), builtin="userconfig=/b"), at) == "/c"

    def test_a_project_moves_no_file(self) -> None:
        at = place()
        read = layers(
            at, project="userconfig=/evil\nglobalconfig=/evil\nprefix=/evil\ncache=/evil\nglobal=true"
        )
        assert user_npmrc(read, at) == "/home/u/.npmrc"
        assert global_npmrc(read, at) == "/usr/local/etc/npmrc"
        assert cache_folder(read, at) == "/home/u/.npm"
        assert project_npmrc(Root("/w"), read, at) == "/w/.npmrc"

    @pytest.mark.parametrize(
        ("user", "expected"),
        [
            ("prefix=~/.local", "/home/u/.local/etc/npmrc"),
            ("globalconfig=/g", "/g"),
            ("tag=x", "/usr/local/etc/npmrc"),
        ],
    )
    def test_the_users_file_says_where_the_global_one_is(self, user: str, expected: str) -> None:
        at = place()
        assert global_npmrc(layers(at, user=user), at) == expected

    def test_without_node_the_global_file_is_not_known(self) -> None:
        assert global_npmrc((), place(node="")) is None

    @pytest.mark.parametrize("flag", [("global", True), ("location", "global")])
    def test_global_mode_reads_no_project_file(self, flag: tuple[str, Value]) -> None:
        at = place()
        assert project_npmrc(Root("/w"), layers(at, cli=(flag,)), at) is None

    def test_the_users_own_setting_of_global_comes_too_late(self) -> None:
        assert not is_global(layers(place(), user="global=true"))

    def test_the_home_folder_has_no_project_file(self) -> None:
        assert project_npmrc(Root("/home/u"), (), place()) is None


@pytest.mark.parametrize(
    ("env", "expected"),
    [({}, "/usr/local"), ({"PREFIX": "/opt"}, "/opt"), ({"DESTDIR": "/dest"}, "/dest/usr/local")],
)
def test_default_prefix(env: dict[str, str], expected: str) -> None:
    assert default_prefix(place(**env)) == expected


class TestWindows:
    def test_usual_places(self) -> None:
        at = windows(APPDATA="C:\\Users\\u\\AppData\\Roaming", LOCALAPPDATA="C:\\Users\\u\\AppData\\Local")
        read = layers(at, builtin="prefix=${APPDATA}\\npm")
        assert user_npmrc(read, at) == "C:\\Users\\u\\.npmrc"
        assert global_npmrc(read, at) == "C:\\Users\\u\\AppData\\Roaming\\npm\\etc\\npmrc"
        assert project_npmrc(Root("D:\\w"), read, at) == "D:\\w\\.npmrc"
        assert cache_folder(read, at) == "C:\\Users\\u\\AppData\\Local\\npm-cache"
        assert default_prefix(at) == "C:\\nodejs"

    def test_without_local_application_data(self) -> None:
        assert cache_folder((), windows()) == "C:\\Users\\u\\npm-cache"


def test_the_cache_may_be_moved() -> None:
    at = place(npm_config_cache="~/c")
    assert cache_folder(layers(at), at) == "/home/u/c"
    assert cache_folder((), place()) == "/home/u/.npm"
