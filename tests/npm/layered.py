"""Short ways to write configurations in tests."""

from collections.abc import Mapping

from forecheck.npm.config import ConfigFile, NpmConfig, load
from forecheck.npm.ini import Value
from forecheck.npm.layers import Place
from forecheck.npm.registries import Registries

PLACE = Place(home="/home/u", cwd="/work", env={}, node="/usr/local/bin/node")


def config(
    *,
    user: str | None = None,
    project: str | None = None,
    global_: str | None = None,
    builtin: str | None = None,
    env: Mapping[str, str] | None = None,
    cli: tuple[tuple[str, Value], ...] = (),
    place: Place = PLACE,
) -> NpmConfig:
    def file(path: str, text: str | None) -> ConfigFile | None:
        return None if text is None else ConfigFile(path, text)

    return load(
        Place(home=place.home, cwd=place.cwd, env=env or {}, windows=place.windows, node=place.node),
        builtin=file("/npm/npmrc", builtin),
        global_=file("/usr/local/etc/npmrc", global_),
        user=file("/home/u/.npmrc", user),
        project=file("/work/.npmrc", project),
        cli=cli,
    )


def registries(
    *,
    user: str | None = None,
    project: str | None = None,
    global_: str | None = None,
    env: Mapping[str, str] | None = None,
    cli: tuple[tuple[str, Value], ...] = (),
) -> Registries:
    return Registries.from_config(config(user=user, project=project, global_=global_, env=env, cli=cli))
