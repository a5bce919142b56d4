"""Every setting npm 10, 11 and 12 know (@npmcli/config, definitions.js of 10.9.9, 11.19.1 and 12.2.0):
how npm reads its value, and what it could do if somebody else chose it.
"""

from enum import StrEnum

import msgspec


class Role(StrEnum):
    """What a setting decides."""

    RESOLVE = "resolve"  # which releases are chosen and what the lockfile looks like
    FETCH = "fetch"  # patience and cache use of requests
    NETWORK = "network"  # through whom requests go and whom they trust
    CODE = "code"  # names or permits a program, script or file to be run
    LOCATION = "location"  # where npm reads from and writes to
    SECRET = "secret"  # noqa: S105  (a credential without a host)
    UNUSED = "unused"  # no part in choosing releases


class Definition(msgspec.Struct, frozen=True):
    """`kinds` are letters: b boolean, s string, n number, l list, p path, u URL, d date, m umask, none: words."""

    key: str
    role: Role
    kinds: str

    @property
    def is_boolean(self) -> bool:
        return "b" in self.kinds

    @property
    def is_text(self) -> bool:
        return "s" in self.kinds or "p" in self.kinds

    @property
    def is_number(self) -> bool:
        return "n" in self.kinds

    @property
    def is_list(self) -> bool:
        return "l" in self.kinds

    @property
    def is_path(self) -> bool:
        return "p" in self.kinds


_KEYS = {
    Role.RESOLVE: (
        "allow-directory allow-file allow-git allow-remote also before:d bin-links:b cpu:s dev:b "
        "engine-strict:b force:b format-package-lock:b global-style:b include:l include-workspace-root:b "
        "install-links:b install-strategy legacy-bundling:b legacy-peer-deps:b libc:s lockfile-version "
        "min-release-age:n min-release-age-exclude:sl omit:l omit-lockfile-registry-resolved:b only optional:b "
        "os:s package-lock:b prefer-dedupe:b production:b registry:u replace-registry-host:s save:b "
        "save-bundle:b save-dev:b save-exact:b save-optional:b save-peer:b save-prefix:s save-prod:b scope:s "
        "shrinkwrap:b strict-npmrc:b strict-peer-deps:b tag:s workspace:sl workspaces:b workspaces-update:b"
    ),
    Role.FETCH: (
        "fetch-retries:n fetch-retry-factor:n fetch-retry-maxtimeout:n fetch-retry-mintimeout:n "
        "fetch-timeout:n maxsockets:n offline:b prefer-offline:b prefer-online:b"
    ),
    Role.NETWORK: (
        "ca:sl cafile:p cert:s https-proxy:u key:s local-address noproxy:sl proxy:u strict-ssl:b user-agent:s"
    ),
    Role.CODE: (
        "allow-scripts:sl allow-scripts-pending:b allow-scripts-pin:b allow-unused-patches:b browser:bs call:s "
        "commit-hooks:b dangerously-allow-all-scripts:b editor:s extension-file:p foreground-scripts:b git:s "
        "ignore-extension:b ignore-patch-failures:b ignore-scripts:b init-module:p init.module:p node-gyp:p "
        "node-options:s package:sl patches-dir:s rebuild-bundle:b script-shell:s shell:s sign-git-commit:b "
        "sign-git-tag:b strict-allow-scripts:b viewer:s yes:b"
    ),
    Role.LOCATION: (
        "cache:p edit-dir:p global:b global-ignore-file:p globalconfig:p location logs-dir:p pack-destination:s "
        "prefix:p provenance-file:p userconfig:p"
    ),
    Role.SECRET: "_auth:s otp:s password:s",
    Role.UNUSED: (
        "access all:b allow-same-version:b audit:b audit-level auth-type bypass-2fa:b cache-max:n cache-min:n "
        "cidr:sl color:b depth:n description:b diff:sl diff-dst-prefix:s diff-ignore-all-space:b "
        "diff-name-only:b diff-no-prefix:b diff-src-prefix:s diff-text:b diff-unified:n dry-run:b "
        "expect-result-count:n expect-results:b expires:n fund:b git-tag-version:b heading:s if-present:b "
        "ignore-existing:b include-attestations:b include-staged:b init-author-email:s init-author-name:s "
        "init-author-url:u init-license:s init-private:b init-type:s init-version init.author.email:s "
        "init.author.name:s init.author.url:u init.license:s init.version json:b keep-edit-dir:b link:b "
        "loglevel logs-max:n long:b message:s name:s orgs:sl orgs-permission package-lock-only:b packages:sl "
        "packages-all:b packages-and-scopes-permission parseable:b preid:s progress:b provenance:b read-only:b "
        "sbom-format sbom-type scopes:sl searchexclude:s searchlimit:n searchopts:s searchstaleness:n "
        "tag-version-prefix:s timing:b to:s token-description:s umask:m unicode:b update-notifier:b usage:b "
        "version:b versions:b which:n"
    ),
}

# Names of npm 9 and before and of npm's own plumbing: still found in files and in `npm_config_*`.
_FORMER_KEYS = {
    Role.CODE: "onload-script python unsafe-perm",
    Role.LOCATION: "global-prefix local-prefix tmp",
    Role.SECRET: "_authToken _authtoken -authtoken _password username",
    Role.UNUSED: "always-auth email node-version npm-version",
}


def _table(*groups: dict[Role, str]) -> dict[str, Definition]:
    found: dict[str, Definition] = {}
    for group in groups:
        for role, keys in group.items():
            for word in keys.split():
                key, _, kinds = word.partition(":")
                found[key] = Definition(key, role, kinds)
    return found


DEFINITIONS = _table(_KEYS)
FORMER = _table(_FORMER_KEYS)

_UNDEFINED = Definition("", Role.UNUSED, "")


def definition(key: str) -> Definition:
    """How npm reads `key`; a key npm does not define has no kind."""
    return DEFINITIONS.get(key, _UNDEFINED)


def role(key: str) -> Role | None:
    """What `key` decides; None where nobody knows, which is not the same as harmless."""
    known = DEFINITIONS.get(key) or FORMER.get(key)
    return known.role if known is not None else None
