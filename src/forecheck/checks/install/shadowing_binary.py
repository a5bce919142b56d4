from collections.abc import Iterator, Mapping
from typing import Final

from forecheck.check import check
from forecheck.evidence.registry_manifest import RegistryManifest
from forecheck.model import Confidence, Hit, Release, Severity

# fmt: off
_PROGRAMS: Final = frozenset({
    "awk", "bash", "bun", "bunx", "bzip2", "c++", "cargo", "cat", "cc", "chmod", "chown", "clang", "cmake",
    "cmd", "corepack", "cp", "curl", "cut", "dash", "deno", "dig", "docker", "docker-compose", "dotnet",
    "echo", "env", "exit", "find", "fish", "g++", "gcc", "gh", "git", "go", "gpg", "grep", "gunzip", "gzip",
    "head", "helm", "java", "kill", "ksh", "kubectl", "less", "ln", "ls", "make", "mkdir", "mv", "nc", "node",
    "node-gyp", "nodejs", "npm", "npx", "nslookup", "openssl", "perl", "pgrep", "php", "ping", "pip", "pip3",
    "pkill", "pnpm", "pnpx", "podman", "powershell", "ps", "pwd", "pwsh", "python", "python2", "python3",
    "rm", "rmdir", "rsync", "ruby", "rustc", "scp", "sed", "sftp", "sh", "sleep", "ssh", "su", "sudo", "tail",
    "tar", "tee", "test", "touch", "tr", "true", "unzip", "vi", "vim", "wget", "which", "whoami", "xargs",
    "yarn", "yarnpkg", "zip", "zsh",
})
# fmt: on
"""Programs that scripts of a project call and mean the system's, a package manager's or Node's own."""

_OWNERS: Final[Mapping[str, frozenset[str]]] = {
    "bun": frozenset({"bun", "bunx"}),
    "corepack": frozenset({"corepack", "pnpm", "pnpx", "yarn", "yarnpkg"}),
    "deno": frozenset({"deno"}),
    "node": frozenset({"node"}),
    "node-gyp": frozenset({"node-gyp"}),
    "npm": frozenset({"npm", "npx"}),
    "npx": frozenset({"npx"}),
    "pnpm": frozenset({"pnpm", "pnpx"}),
    "@pnpm/exe": frozenset({"pnpm", "pnpx"}),
    "which": frozenset({"which"}),
    "yarn": frozenset({"yarn", "yarnpkg"}),
    "@yarnpkg/cli": frozenset({"yarn"}),
    "@yarnpkg/cli-dist": frozenset({"yarn"}),
}


@check(severity=Severity.HIGH, confidence=Confidence.MEDIUM)
def shadowing_binary(release: Release, manifest: RegistryManifest) -> Iterator[Hit]:
    """The package brings a command with the name of a well-known program.

    ## Why it matters
    npm puts `node_modules/.bin` first in the search path of every script. A package with a command called `git` or
    `node` is run wherever a script of the project means the real one, with its arguments and its secrets, without any
    install script.

    ## What to do
    Do not install it, unless supplying that very program is what the package is for.

    ## What it cannot know
    Which programs your scripts call. Packages known to be the home of a command (npm, yarn, node, which …) are left
    out; one that is merely called like its command is asked about.

    ## Examples
    ### bad: a colour library with its own git
    ```json title="packument.json"
    {"name": "tiny-color", "versions": {"1.0.0": {"bin": {"tiny-color": "cli.js", "git": "g.js"}}}}
    ```
    ```text title="finding"
    its command git takes the place of the program of that name in the project's scripts
    ```
    ### good: the home of the command
    ```json title="packument.json"
    {"name": "npm", "versions": {"11.0.0": {"bin": {"npm": "bin/npm-cli.js", "npx": "bin/npx-cli.js"}}}}
    ```
    ### good: a command of its own
    ```json title="packument.json"
    {"name": "mkdirp", "versions": {"3.0.1": {"bin": {"mkdirp": "dist/cjs/src/bin.js"}}}}
    ```
    """
    owned = _OWNERS.get(release.name, frozenset())
    for command in manifest.declared.bin:
        name = command.rpartition("/")[2].removesuffix(".exe").removesuffix(".cmd")
        if name.lower() in _PROGRAMS and name not in owned:
            yield Hit(
                f"its command {command} takes the place of the program of that name in the project's scripts",
                severity=Severity.MEDIUM if release.name == name else None,
                key=command,
            )
