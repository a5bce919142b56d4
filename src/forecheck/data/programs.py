"""Programs that no package but their own should take the place of.

source: commands of POSIX.1-2017, of common development tools and of Node's package managers, by hand
date: 2026-11
"""

from collections.abc import Mapping
from typing import Final

# fmt: off
PROGRAMS: Final = frozenset({
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

OWNERS: Final[Mapping[str, frozenset[str]]] = {
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
"""The packages whose purpose is to be one of them."""
