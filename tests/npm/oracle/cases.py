"""Command lines to compare with the real npm: one a line, written as for a shell."""

import shlex

_TEXT = r"""
install
i foo
add foo bar@1
in foo
ins foo
inst foo
insta foo
instal foo
isnt foo
isnta foo
isntal foo
isntall foo
installTest
Install foo
clean-install
cleanInstall
ic
install-clean
isntall-clean
install-cl
it
cit
sit
clean-install-test
up
u
udpate
upgrade
upgr
ddp
dedup
un foo
r foo
rm foo
remove foo
unlink foo
ln
lin foo
rb
reb
x foo
exe foo
create vite
innit vite
cre vite
audit fix
aud fix
audit
prun
find-dupes
find
se foo
v foo
vie foo
info foo
show foo
list
la
ll
t
tst
tes
rum build
urn build
run-script build
run
ru build
c get registry
conf get
why foo
verison
versio patch
publ
pub
unpub
unst
pac
pa
di
diff
dist
hlep install
help install
hel
he
foobar
e
''
'' install foo
- install foo
-- install foo
--- install foo
install -- foo
install -- --save-dev foo
install foo -- bar
-- -- install
-g i foo
--global i foo
i -g foo
i foo -g
-gD i foo
-Dg i foo
i -gDE foo
i -DPO foo
i -fS foo
i -gs foo
i -sg foo
-dd i foo
-d i foo
-ddd i foo
-dddd i foo
-q i foo
-s run build
--silent run build
-silent run build
-global i foo
-save-dev i foo
---global i foo
--prefix D install evil
--prefix=D install evil
--prefix= install evil
-C D install evil
-C=D install evil
-prefix D install evil
--prefi D install evil
--pref D install evil
--prefix --global install evil
--prefix -- install evil
install evil --prefix
-w ws install evil
-w=ws install evil
--workspace ws install evil
--workspace=ws --workspace other install evil
-w a -w b install
-w -x install
-ws install evil
--ws install evil
--workspaces install evil
--workspaces=false install evil
--no-workspaces install evil
--workspaces false install
--workspaces null install
--worksp install
-iwr install
--iwr install
--loglevel silent install evil
--loglevel=silent install evil
--logleve silent install evil
--loglevel nonsense install evil
--loglevel install evil
--registry http://localhost:1/ install evil
--reg http://localhost:1/ install evil
--before 2020-01-01 install evil
--enjoy-by 2020-01-01 install evil
--tag beta install foo
install --tag beta foo
install --tag=beta foo
install --tag --save foo
install --tag -D foo
install --tag=-g foo
install --tag ---x foo
install --tag - foo
install --tag -- foo
install foo --tag
install foo --tag=
--otp 123456 install foo
--otp false install foo
--otp null install foo
--otp -x install foo
install foo --otp
--save foo install
--save=foo install
--no-save install foo
--save=false install foo
--save false install foo
--no-save=false install foo
--no-save true install foo
--no-save false install foo
--no-no-save install foo
--NO-save install foo
--no-no-no-save install foo
-no-save install foo
--no- install foo
--no install foo
-n exec foo
--n exec foo
--yes install foo
--yes null install foo
--yes false exec foo
--yes=no exec foo
-y init
init -y
init
init vite
init vite -- --template x
init @scope
init -w packages/a
--json=install foo
--json install foo
--json true install foo
--json=true install foo
--json=false install foo
--json= install foo
--dry-run install foo
--dry-run=install foo
install foo --dry-run
install foo --dry-run=false
install foo --no-dry-run
install foo --dry
install foo --dry-r
install --json --dry-run foo
--=--global install foo
--=install foo
--= install foo
-=install foo
-=-g install foo
-d=install foo
-g=install foo
-g=true install foo
-g=false install foo
--local install foo
--loc install foo
--location=global install foo
--location global install foo
--location nowhere install foo
-L global install foo
--loca global install foo
--color always install foo
--color=always install foo
--color install foo
--color false install foo
--no-color always install foo
--browser firefox docs foo
--browser -g docs foo
--browser --global docs foo
--browser -- docs foo
--browser - docs foo
--browser false docs foo
--browser=true docs foo
--browser null docs foo
--no-browser docs foo
--omit dev --omit=optional ci
--omit dev,optional ci
--omit=nonsense ci
--include dev ci
--package foo exec bar
-p foo exec bar
--package=foo --package=bar -c cmd exec
exec -c 'cmd --x'
exec --call='cmd --x' --yes
exec foo --yes
exec -- foo --yes
exec --package=foo -- bar --baz
exec foo bar -- baz
x -y -- foo
-h
--help
help
install -h
install --help
--help install evil
-? install
-H install
--usage install
--usage=false install
--no-usage install
--no-help install
-v
--version
--version install evil
-v install evil
-v=false install evil
-v false install evil
--no-version install evil
--versions
--versions install evil
--versions=false install evil
--vers install evil
--foo install evil
--foo bar install evil
--foo=bar install evil
--foo= install evil
--foo=-- install evil
--foo true install evil
--foo=true install evil
--foo=null install evil
--foo 1 --foo 2 install evil
--foo=1 --foo=2 install evil
--foo --foo install evil
--foo=1 --no-foo install evil
--foo --foo=x --foo install evil
--no-foo install evil
--no-foo=bar install evil
--no-foo true install evil
--foo -- install evil
-x install evil
-xg install evil
-is install evil
-i install
-ig install
--save-d foo install
--save-dev=install foo
--sav install foo
--ignore-scripts install foo
--ignore-s install foo
--ignore install foo
--no-ignore-scripts install foo
--package-lock=false install foo
--no-package-lock install foo
--no-shrinkwrap install foo
--package-lock-only install foo
--shrinkwrap install foo
--shrinkw false install
--global-style install
--proxy false install foo
--proxy http://x:1 install foo
--no-proxy install foo
--noproxy a install
--lockfile-version 3 install
--lockfile-version=x install
--replace-registry-host always install
--replace-registry-host example.org install
--searchlimit 5 search foo
--depth 0 ls
--depth=foo ls
--which 1 fund foo
--access public publish
--access private publish
--allow-scripts foo install
--allow-scripts=foo,bar install
--allow-s foo install
--allow-git none install foo
--min-release-age 7 install foo
--min-release-age install foo
--patches-dir x install
--edit-dir install foo
--to install foo
--t install
--to=1 patch update foo
--name install foo
--nam install foo
--expires 5 token create
--packages-all install
--packages foo install
--init-private install
--strict-npmrc install
--include-attestations audit signatures
--cache-min 5 install
--only prod install
--only=production ci
--also dev install
--production install
--production=false install
--dev install
--optional install
--no-optional install
--optional null install
--node-options --inspect install foo
--script-shell /bin/sh install foo
--shell bash explore foo
--diff=foo@1 --diff=foo@2 diff
--diff foo@1 diff package.json
--userconfig x install
--cache x install
--globalconfig x install
--umask 022 install
--message 'a b' version patch
-m %s version patch
--message=-x version patch
--init.author.name x init
--init.lic MIT init
--_auth x install
--@scope:registry=http://x install foo
--//host/:_authToken=x install foo
--//host/:_authToken x install foo
--local-address 127.0.0.1 install
--audit-level high audit
--audit false install
--audit=none install
--a install
--au install
-a ls
-l ls
-lap ls
-glp ls
-p ls
-porcelain ls
--porc ls
-desc search foo
--desc ls
--readonly profile get
-reg=x install
--verb install
--verbose install
-verbose install
--quiet install
--qui install
--sil install
--force --global install
--fo install
--fund=false install
'--tag= beta ' install foo
'--json= true' install foo
'--location= global ' install foo
--tag=null install
--tag=true install
--tag true install
--workspace true install
--workspace=null install
--prefix null install
--prefix=true install
--prefix true install
'--tag=${TAG}' install foo
'--tag=\${HOME}' install foo
'--tag=\\${HOME}' install foo
'--tag=${HOME}' install foo
'--${FLAG}' install foo
'--${FLAG}=x' install foo
'--foo=${HOME}' install
install 'a b' 'c=d' '--x y'
install git+https://example.org/x.git#v1
install ./dir ../other file:x /abs
install @scope/pkg@^1 alias@npm:real@1
install =x
run build --watch
run build -- --watch
run build --silent
run -s build
test -- -u
explore foo -- ls -la
config set registry http://x
config set a=b -g
set a=b
get registry
cache add foo
cache clean --force
pkg set scripts.x=y
view foo versions --json
pack foo --pack-destination=x
publish --access public --tag next
version 1.2.3 -m 'x'
sbom --sbom-format cyclonedx
query '*'
stage publish
stage list
trust github
patch foo
patch add foo
install-scripts ls
approve-scripts foo
deny-scripts --all
undeprecate foo
shrinkwrap
star foo
hook ls
adduser
add-user
addu
login
unstar foo
"""

ENVIRONMENTS: list[dict[str, str]] = [
    {"npm_config_global": "true"},
    {"NPM_CONFIG_GLOBAL": "1"},
    {"npm_config_global": "0"},
    {"npm_config_global": ""},
    {"npm_config_global": "null"},
    {"npm_config_global": "yes"},
    {"npm_config_global": "0x0"},
    {"npm_config_global": "undefined"},
    {"npm_config_location": "global"},
    {"npm_config_location": "nowhere"},
    {"Npm_Config_Dry_Run": "true"},
    {"npm_config_dry-run": "true"},
    {"npm_config_DRY-run": "false"},
    {"npm_config_workspace": "a\n\nb"},
    {"npm_config_workspaces": "true"},
    {"npm_config_workspaces": "null"},
    {"npm_config_usage": "true"},
    {"npm_config_usage": "false"},
    {"npm_config_package": "evil"},
    {"npm_config_omit": "dev\n\nnonsense"},
    {"npm_config_tag": "true"},
    {"npm_config_tag": " ${HOME} "},
    {"npm_config_yes": "false"},
    {"npm_config_yes": "n"},
    {"npm_config__auth": "x"},
    {"npm_config_loglevel": "silent"},
    {"npm_config_save_dev": "true"},
    {"npm_config_unknown_thing": "true"},
    {"npm_config_otp": "null"},
    {"npm_config_browser": "false"},
    {"npm_config_color": "always"},
    {"npm_config_proxy": "false"},
    {"npm_config_${FLAG}": "true", "FLAG": "json"},
    {"XNPM_CONFIG_GLOBAL": "true"},
]

CASES = [shlex.split(line) for line in _TEXT.strip("\n").split("\n")]

NPX = [
    shlex.split(line)
    for line in r"""
foo
foo --bar -y
-y foo
--yes foo
-p foo bar
-p=foo bar
--package foo bar
--package=foo bar --baz
-c 'foo --bar'
--call 'foo' bar
--no-install foo
--no foo
-n foo bar
-n
--npm x foo
--npm=x foo
--node-arg --inspect foo
--always-spawn foo
--ignore-existing foo
--shell-auto-fallback zsh foo
--shell bash foo
--shell=bash foo
--shell
--cache x foo
--userconfig x foo
-q foo
--quiet foo
-v
--version foo
-h
--help foo
foo --help
-w ws foo
-ws foo
--workspace=ws foo
--prefix D foo
-C D foo
-C=D foo
--unknown evil foo
--unknown=evil foo
--unknown --other foo
--loglevel silent foo
--loglevel=silent foo
-s foo
-d foo
-g foo
-gy foo
--registry http://x foo
- foo
-- foo --bar
--
--= foo
--tag beta foo
-p foo -p bar -c baz
-p
--package
--no-yes foo
--yes=false foo
-y=false foo
github:user/repo
./dir
foo@1 -p bar
--browser x foo
--color always foo
""".strip("\n").split("\n")
]
