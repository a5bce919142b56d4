"""The same layers read by npm's own modules: effective values, routes, credentials, proxies."""

import json
import os
import random
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from forecheck.npm.config import ConfigFile, NpmConfig, load
from forecheck.npm.ini import Value
from forecheck.npm.layers import Place, Refusal, Setting, strongest
from forecheck.npm.locations import (
    Folder,
    Root,
    ancestors,
    cache_folder,
    global_npmrc,
    project_npmrc,
    project_root,
    user_npmrc,
)
from forecheck.npm.registries import Registries, RegistryRef
from forecheck.npm.secret import Secret
from tests.npm.real_npm import ask, npm_folder

LAYER_FILES = {
    "builtin": "npm/npmrc",
    "global": "prefix/etc/npmrc",
    "user": "home/.npmrc",
    "project": "work/.npmrc",
}


class Case(msgspec.Struct, frozen=True):
    files: Mapping[str, str]
    env: Mapping[str, str] = {}
    cli: tuple[tuple[str, str], ...] = ()


HAND_MADE = [
    Case({}),
    Case(
        {"user": "registry=https://u.example/a", "project": "registry=https://p.example", "global": "tag=g"},
        {"NPM_CONFIG_foo_bar": "1", "npm_config_save_exact": "true", "npm_config_omit": "dev\n\noptional"},
    ),
    Case({"user": "registry=https://u.example/"}, {"npm_config_registry": "https://e.example/"}),
    Case({}, {"npm_config_registry": "https://e.example/"}, (("registry", "https://c.example/"),)),
    Case(
        {
            "user": "@s:registry=https://u.example/s/\nscope=@s\n@t:registry=\nomit[]=dev\nomit[]=peer\nsave=false"
        },
        {
            "npm_config_@T:registry": "https://t.example",
            "npm_config__auth": "eDp5",
            "npm_config__authToken": "x",
        },
    ),
    Case(
        {
            "user": "//u.example/:_authToken=${TOKEN}\n//u.example/a/:_auth=eDp5\n//x.example:8080/:username=me\n"
            "//x.example:8080/:_password=c2VjcmV0\n//y.example:_authToken=y\n${KEY}=k\n//z.example/:_authToken=${NO?}",
            "project": "@s:registry=https://u.example/\nscope=s",
        },
        {"TOKEN": "tok", "KEY": "//k.example/:_authToken"},
    ),
    Case(
        {"builtin": "prefix=${BASE}/p\ncache=~/c", "user": "cafile=~/ca.pem\nfetch-retries=3"},
        {"BASE": "/base"},
    ),
    Case(
        {"user": "registry=${REG}\n@s:registry=https://${HOST}:8443/x/"},
        {"REG": "https://r.example", "HOST": "h"},
    ),
    Case(
        {
            "project": 'ca[]="-----A\\nB"\nca[]=c\nnoproxy=a,b\nstrict-ssl=false\ncafile=ca.pem\nbefore=2020-01-01'
        }
    ),
    Case(
        {
            "project": "[x]\nregistry=https://p.example/",
            "user": "a.b=null\nsave-prefix='~'\nlockfile-version='2'",
        }
    ),
    Case({"global": "//h/:_authToken=g", "user": "//h/:_authToken=", "project": "//h/:_authToken=true"}),
]

NAMES = ["plain", "@s/a", "@t/b", "@none/c"]
URLS = [
    "https://u.example/",
    "https://u.example/a/b/x.tgz",
    "https://u.example/ab",
    "https://x.example:8080/deep/er/file",
    "https://x.example/deep",
    "https://y.example/z",
    "https://k.example/",
    "https://z.example/",
    "https://h/x",
    "https://U.EXAMPLE:443/a/",
]


def generated(count: int) -> list[Case]:
    chance = random.Random(7)
    hosts = ["u.example", "x.example:8080", "y.example", "h"]
    paths = ["", "/", "/a", "/a/", "/deep/", "/deep/er", "/a/b/"]
    values = ["v1", "djI=", "", "${TOKEN}", "${NO?}", '"quoted"', "dg==", "${TOKEN}x${NO?}y", "\\${TOKEN}"]

    def line() -> str:
        kind = chance.random()
        if kind < 0.6:
            name = chance.choice(["_authToken", "_auth", "username", "_password", "username", "_password"])
            return f"//{chance.choice(hosts)}{chance.choice(paths)}:{name}={chance.choice(values)}"
        if kind < 0.8:
            target = chance.choice(["https://u.example/a", "https://p.example/x/", "", "https://${HOST}/"])
            return f"{chance.choice(['registry', '@s:registry', '@t:registry'])}={target}"
        return chance.choice(
            ["scope=@s", "scope=t", "tag=x", "save-exact", "omit[]=dev", "ignore-scripts=true"]
        )

    def text() -> str:
        return "\n".join(line() for _ in range(chance.randint(0, 7)))

    return [
        Case(
            {name: text() for name in LAYER_FILES if chance.random() < 0.6},
            {
                "TOKEN": "tok",
                "HOST": "h.example",
                **({"npm_config_tag": "e"} if chance.random() < 0.3 else {}),
            },
            (("tag", "c"),) if chance.random() < 0.2 else (),
        )
        for _ in range(count)
    ]


CASES = HAND_MADE + generated(150)

ASK = """
const Config = require(npm + '/node_modules/@npmcli/config');
const defs = require(npm + '/node_modules/@npmcli/config/lib/definitions');
const fetch = require(npm + '/node_modules/npm-registry-fetch');
answer = [];
for (const { root, env, cli, keys, names, urls } of question) {
  const { definitions, shorthands, flatten, nerfDarts } = defs;
  const config = new Config({
    definitions, shorthands, flatten, nerfDarts, warn: false, npmPath: root + '/npm', cwd: root + '/work',
    env: { ...env }, argv: ['node', 'npm', ...cli], execPath: root + '/prefix/bin/node', platform: 'linux',
  });
  const { cwd } = process;
  process.cwd = () => root + '/work';
  await config.load();
  process.cwd = cwd;
  const values = Object.fromEntries(keys.map(key => [key, config.get(key)]));
  const files = Object.fromEntries(['user', 'global', 'project'].map(where => [where, config.data.get(where).source]));
  const cache = config.get('cache');
  // Every command that asks a registry validates first, which drops what has the wrong type.
  let broken = false;
  try { config.validate() } catch (er) { broken = er.code !== 'ERR_INVALID_AUTH' }
  const sent = {};
  const flat = config.flat;
  for (const url of urls) {
    const { token, auth } = fetch.getAuth(url, { ...flat, registry: 'https://elsewhere.example/' });
    sent[url] = token ? `Bearer ${token}` : auth ? `Basic ${auth}` : null;
  }
  answer.push({
    values, files, cache, broken,
    routes: Object.fromEntries(names.map(name => [name, fetch.pickRegistry(name, flat)])),
    sent,
  });
}
"""


def written(root: Path, case: Case) -> tuple[NpmConfig, Mapping[str, str]]:
    """Put the case's files below `root` and read them with our reader."""
    (root / "npm").mkdir(parents=True)
    (root / "npm" / "package.json").write_text('{"version": "11.0.0"}')
    for name, path in LAYER_FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        if name in case.files:
            (root / path).write_text(case.files[name], "utf-8")
    (root / "work" / "package.json").write_text("{}")
    env = {
        "HOME": str(root / "home"),
        "npm_config_globalconfig": str(root / LAYER_FILES["global"]),
        **case.env,
    }
    place = Place(home=env["HOME"], cwd=str(root / "work"), env=env, node=str(root / "prefix/bin/node"))

    def file(name: str) -> ConfigFile | None:
        return ConfigFile(str(root / LAYER_FILES[name]), case.files[name]) if name in case.files else None

    found = load(
        place,
        builtin=file("builtin"),
        global_=file("global"),
        user=file("user"),
        project=file("project"),
        cli=case.cli,
    )
    return found, env


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Case, NpmConfig, Any]]:
    base = tmp_path_factory.mktemp("layers").resolve()
    read, questions = [], []
    for number, case in enumerate(CASES):
        root = base / str(number)
        found, env = written(root, case)
        questions.append(
            {
                "root": str(root),
                "env": dict(env),
                "cli": [f"--{key}={value}" for key, value in case.cli],
                "keys": sorted(found.set_keys() - {"before"}),
                "names": NAMES,
                "urls": URLS,
            }
        )
        read.append((case, found))
    answers = ask(ASK, questions)
    return [(case, found, answer) for (case, found), answer in zip(read, answers, strict=True)]


def plain(value: Value | Secret) -> object:
    if isinstance(value, Secret):
        return value.reveal()
    return list(value) if isinstance(value, tuple) else value


def test_effective_values(compared: list[tuple[Case, NpmConfig, Any]]) -> None:
    for case, found, answer in compared:
        for key, theirs in answer["values"].items():
            ours = strongest(found.layers, key)
            assert ours is not None
            if ours.at.layer == "project" and "${" in ours.text:
                continue
            assert plain(ours.value) == theirs, (key, case)


def test_places(compared: list[tuple[Case, NpmConfig, Any]]) -> None:
    for case, found, answer in compared:
        root = Root(found.place.cwd)
        ours = {
            "user": user_npmrc(found.layers, found.place),
            "global": global_npmrc(found.layers, found.place),
            "project": project_npmrc(root, found.layers, found.place),
        }
        assert ours == answer["files"], case
        assert cache_folder(found.layers, found.place) == answer["cache"], case


def test_routes(compared: list[tuple[Case, NpmConfig, Any]]) -> None:
    """Addresses compare without their closing slash, which npm adds when it asks."""
    seen = 0
    for case, found, answer in compared:
        registries = Registries.from_config(found)
        if answer["broken"]:
            assert isinstance(registries.default, Refusal) or "scope=" in str(case), case
            continue
        for name, theirs in answer["routes"].items():
            ours = registries.registry_for(name)
            if isinstance(ours, Refusal):
                # npm looks past a broken address in the global file only.
                assert "${" in str(case) or (ours.at.layer == "global" and ours.key == "registry"), case
                continue
            if theirs:
                seen += 1
                assert ours.url.rstrip("/") == theirs.rstrip("/"), (name, case)
    assert seen > 400


def test_credentials(compared: list[tuple[Case, NpmConfig, Any]]) -> None:
    """Where no project is involved, what npm sends over https is what is sent here."""
    seen = 0
    for case, found, answer in compared:
        if "project" in case.files:
            continue
        registries = Registries.from_config(found)
        for url, theirs in answer["sent"].items():
            credentials = registries.credentials_for(url)
            ours = credentials.header_for(url) if credentials is not None else None
            if theirs and "${" in theirs:
                continue
            assert ours == theirs, (url, case)
            seen += ours is not None
    assert seen > 40


def test_a_project_gets_none_of_the_users_credentials(compared: list[tuple[Case, NpmConfig, Any]]) -> None:
    """Whatever the project's file says: to every URL go the user's own credentials, its own literal ones, or none."""
    for case, found, _ in compared:
        alone = Registries.from_config(NpmConfig.of(found.own, found.place))
        registries = Registries.from_config(found)
        for url in URLS:
            given = registries.credentials_for(url)
            own = alone.credentials_for(url)
            if given is None or given.at.layer == "project":
                assert own is None, (url, case)
                assert given is None or "tok" not in (given.header_for(url) or ""), (url, case)
            else:
                assert given == own, (url, case)


PROXY_CASES: list[tuple[dict[str, str], dict[str, Any], str]] = [
    ({}, {}, "https://a.example/"),
    ({"HTTPS_PROXY": "http://p.example:3128"}, {}, "https://a.example/"),
    ({"HTTPS_PROXY": "http://p.example:3128"}, {}, "http://a.example/"),
    ({"http_proxy": "http://p.example:3128"}, {}, "https://a.example/"),
    ({"http_proxy": "http://p.example:3128"}, {}, "http://a.example/"),
    ({"PROXY": "http://p.example:3128"}, {}, "http://a.example/"),
    ({"HTTPS_PROXY": "http://p.example", "NO_PROXY": "a.example"}, {}, "https://a.example/"),
    ({"HTTPS_PROXY": "http://p.example", "NO_PROXY": ".example"}, {}, "https://b.a.example/"),
    ({"HTTPS_PROXY": "http://p.example", "NO_PROXY": " x , a.example:443"}, {}, "https://a.example/"),
    ({"HTTPS_PROXY": "http://p.example", "NO_PROXY": "*"}, {}, "https://a.example/"),
    ({"HTTPS_PROXY": "http://p.example", "NO_PROXY": "A.example"}, {}, "https://a.example/"),
    ({"HTTPS_PROXY": "http://p.example", "NO_PROXY": "ample"}, {}, "https://a.example/"),
    ({"HTTPS_PROXY": "http://p.example", "NO_PROXY": "127.0.0.1"}, {}, "https://127.0.0.1:4873/"),
    (
        {"HTTPS_PROXY": "http://p.example", "NO_PROXY": "a.example"},
        {"noproxy": "b.example"},
        "https://a.example/",
    ),
    ({"HTTPS_PROXY": "http://p.example"}, {"noproxy": ["b.example", "a.example"]}, "https://a.example/"),
    ({"HTTPS_PROXY": "http://p.example"}, {"proxy": "http://q.example:8080"}, "https://a.example/"),
    ({}, {"proxy": "http://q.example:8080", "https-proxy": "https://s.example"}, "http://a.example/"),
    ({"https_proxy": "http://p.example"}, {"proxy": False}, "https://a.example/"),
    ({}, {"https-proxy": "socks5://s.example:1080"}, "https://a.example/"),
    ({}, {"proxy": "http://u%40x:p%3aq@q.example:8080"}, "https://a.example/"),
]


def test_proxies() -> None:
    answers = ask(
        """
        const path = npm + '/node_modules/@npmcli/agent/lib/proxy.js';
        const { flatten } = require(npm + '/node_modules/@npmcli/config/lib/definitions');
        answer = question.map(([env, config, url]) => {
          process.env = env;
          delete require.cache[path];
          const { noProxy, proxy, httpsProxy } = flatten({ noproxy: '', ...config });
          return String(require(path).getProxy(url, { proxy: httpsProxy || proxy, noProxy }) || '') || null;
        });
        """,
        PROXY_CASES,
    )
    for (env, settings, url), theirs in zip(PROXY_CASES, answers, strict=True):
        place = Place(home="/h", cwd="/w", env=env)
        text = "\n".join(
            f"{key}={json.dumps(value)}"
            if not isinstance(value, list)
            else "\n".join(f"{key}[]={v}" for v in value)
            for key, value in settings.items()
        )
        registries = Registries.from_config(load(place, user=ConfigFile("/h/.npmrc", text)))
        ours = registries.proxy_for(url)
        assert not isinstance(ours, Refusal)
        if theirs is None or ours is None:
            assert ours is theirs is None, (env, settings, url)
            continue
        scheme, _, rest = theirs.partition("://")
        host = rest.rstrip("/").rpartition("@")[2]
        shown = host if ":" in host else f"{host}:{ours.port}"
        assert ours.url == f"{scheme}://{shown}", (env, settings, url)
        assert (ours.authorization is not None) == ("@" in rest)


@pytest.mark.e2e
def test_npm_itself(tmp_path: Path) -> None:
    """`npm config ls --json` in a folder of our own making, with a home of its own."""
    npm_folder()
    case = Case(
        {
            "user": "registry=https://u.example/\nomit[]=dev\n@s:registry=https://s.example/",
            "project": "tag=next\nlegacy-peer-deps=true",
            "global": "fetch-retries=7\ntag=global",
        },
        {"NPM_CONFIG_save_prefix": "~", "npm_config_include": "peer\n\noptional"},
        (("loglevel", "error"),),
    )
    found, env = written(tmp_path.resolve(), case)
    npm = shutil.which("npm")
    assert npm is not None
    done = subprocess.run(
        [npm, "config", "ls", "--json", "--long", *(f"--{key}={value}" for key, value in case.cli)],
        capture_output=True,
        text=True,
        check=True,
        cwd=found.place.cwd,
        env={**env, "PATH": os.environ["PATH"]},
        timeout=120,
    )
    theirs = json.loads(done.stdout)
    for key in found.set_keys():
        setting = found.lookup(key)
        assert isinstance(setting, Setting)
        assert theirs[key] == plain(setting.value), key
    default = Registries.from_config(found).registry_for("plain")
    assert isinstance(default, RegistryRef)
    assert default.url == theirs["registry"]


def test_the_walk_to_the_root(tmp_path: Path) -> None:
    base = tmp_path.resolve()
    (base / "repo" / "packages" / "a" / "src").mkdir(parents=True)
    (base / "repo" / "other" / "node_modules").mkdir(parents=True)
    (base / "loose").mkdir()
    (base / "repo" / "package.json").write_text('{"workspaces": ["packages/*"]}')
    (base / "repo" / "packages" / "a" / "package.json").write_text('{"name": "a"}')
    starts = ["repo", "repo/packages/a/src", "repo/other", "loose"]
    answers = ask(
        """
        const Config = require(npm + '/node_modules/@npmcli/config');
        const defs = require(npm + '/node_modules/@npmcli/config/lib/definitions');
        answer = [];
        for (const cwd of question) {
          const config = new Config({ ...defs, warn: false, npmPath: npm, cwd, env: { HOME: '/nowhere' }, argv: ['', ''] });
          await config.load();
          answer.push([config.localPrefix, config.get('workspace')]);
        }
        """,
        [str(base / start) for start in starts],
    )
    for start, theirs in zip(starts, answers, strict=True):
        place = Place(home="/nowhere", cwd=str(base / start), env={})
        folders = [
            Folder(
                path,
                (Path(path) / "package.json").is_file(),
                (Path(path) / "node_modules").is_dir(),
                frozenset({str(base / "repo/packages/a")}) if path == str(base / "repo") else frozenset(),
            )
            for path in ancestors(place.cwd, place)
        ]
        root = project_root(folders, (), place)
        assert [root.path, [root.workspace] if root.workspace else []] == theirs
