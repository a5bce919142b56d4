"""Where a release comes from, in words and without secrets."""

from forecheck.model import (
    FromBundle,
    FromDirectory,
    FromGit,
    FromRegistry,
    FromTarball,
    Origin,
    Plan,
    Release,
)


def without_secrets(url: str) -> str:
    """The URL with `***` for its user and password, and for its query: both are places for tokens.

    `git@`, which every git host has, stays.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url
    end = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    user, at, host = rest[:end].rpartition("@")
    path, question, query = rest[end:].partition("?")
    known = user if user in ("", "git") else "***"
    fragment = query[query.find("#") :] if "#" in query else ""
    return f"{scheme}://{known}{at}{host}{path}{question}{'***' if query else ''}{fragment}"


def origin_words(origin: Origin) -> str:
    """`from the git repository …`, to stand behind a name; the text is not escaped."""
    if isinstance(origin, FromRegistry):
        return f"from {without_secrets(origin.url)}"
    if isinstance(origin, FromGit):
        commit = f" at {origin.commit[:12]}" if origin.commit else ""
        return f"from the git repository {without_secrets(origin.url)}{commit}"
    if isinstance(origin, FromTarball):
        return f"from the tarball {without_secrets(origin.url)}"
    if isinstance(origin, FromDirectory):
        return f"from the folder {origin.path}"
    if isinstance(origin, FromBundle):
        return f"bundled in {origin.parent}"
    return f"from {without_secrets(origin.text)}" if origin.text else "from nowhere known"


def usual_registry(plan: Plan) -> str:
    """The registry that most releases of the plan come from: the one that needs no mention."""
    counts: dict[str, int] = {}
    for step in plan.installs():
        origin = step.entry.release.origin
        if isinstance(origin, FromRegistry):
            counts[origin.url] = counts.get(origin.url, 0) + 1
    return max(counts, key=lambda url: counts[url], default="")


def is_usual(release: Release, registry: str) -> bool:
    return isinstance(release.origin, FromRegistry) and release.origin.url == registry
