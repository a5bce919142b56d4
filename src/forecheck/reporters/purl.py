"""Package URLs of npm packages (package-url/purl-spec, type `npm`)."""

from urllib.parse import quote

from forecheck.model import FromGit, FromRegistry, FromTarball, Release
from forecheck.npm.purl import purl as npm_purl
from forecheck.reporters.origins import without_secrets

_DEFAULT = "https://registry.npmjs.org/"


def purl(release: Release) -> str | None:
    """The release's purl; None where a reader elsewhere could do nothing with one (folders, bundled packages)."""
    try:
        release.spec.encode()
        qualifier = _qualifier(release)
    except UnicodeEncodeError:  # half a surrogate pair is no text, so it names nothing
        return None
    if qualifier is None or not all(release.name.split("/")):
        return None
    return npm_purl(release.name, release.version) + qualifier


def _qualifier(release: Release) -> str | None:
    origin = release.origin
    if isinstance(origin, FromRegistry):
        url = without_secrets(origin.url)
        return "" if url == _DEFAULT else f"?repository_url={quote(url, safe=':/')}"
    if isinstance(origin, FromGit):
        commit = f"@{origin.commit}" if origin.commit else ""
        return f"?vcs_url={quote(without_secrets(origin.url) + commit, safe=':/')}"
    if isinstance(origin, FromTarball) and "://" in origin.url:
        return f"?download_url={quote(without_secrets(origin.url), safe=':/')}"
    return None
