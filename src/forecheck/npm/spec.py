"""What a package spec asks for (`foo@^1`, `user/repo`, `file:../x`, …), read as npm-package-arg 13 reads it."""

import re
from enum import StrEnum

import msgspec

from forecheck.npm.hosted import Hosted, from_url
from forecheck.npm.jstext import decode_component, is_url_safe, trim
from forecheck.npm.localpath import Platform, is_tarball, looks_local, read_path
from forecheck.npm.names import errors_of, escape, scope_of
from forecheck.npm.semver import parse_range, parse_version
from forecheck.npm.weburl import parse_web_url

_URL = re.compile(r"(?:[Gg][Ii][Tt]\+)?[A-Za-z]+:")
_SCP = re.compile(r"[^@]+@[^:.]+\.[^:]+:[^\n\r\u2028\u2029]+")
_PORT = re.compile(r":[0-9]+(?:/|\Z)")
_DRIVE_URL = re.compile(r"git\+file://[a-z]:", re.IGNORECASE | re.ASCII)
_LINE_END = re.compile("[\n\r\u2028\u2029]")
_GIT_SCHEMES = frozenset({"git", "git+http", "git+https", "git+rsync", "git+ftp", "git+file", "git+ssh"})


class SpecType(StrEnum):
    """What a spec names; the values are npm's."""

    VERSION = "version"
    RANGE = "range"
    TAG = "tag"
    ALIAS = "alias"
    GIT = "git"
    REMOTE = "remote"
    FILE = "file"
    DIRECTORY = "directory"


_REGISTRY_TYPES = frozenset({SpecType.VERSION, SpecType.RANGE, SpecType.TAG, SpecType.ALIAS})


class InvalidSpec(Exception):  # noqa: N818  (the text's fault, shown as a message)
    """npm refuses the spec. `code` is npm's own: EINVALIDTAGNAME, EINVALIDPACKAGENAME, EUNSUPPORTEDPROTOCOL,
    ERR_INVALID_URL; None where npm gives none.
    """

    def __init__(self, code: str | None, message: str) -> None:
        super().__init__(message)
        self.code = code


class Spec(msgspec.Struct, frozen=True):
    """A spec, taken apart. Texts are as the user or a manifest wrote them, credentials in URLs included.

    `fetch_spec` is what is looked up: a version, range or tag, a URL, an absolute path; None for an alias and for
    a hosted repository in short form. `save_spec` is what npm writes down for anything but a registry's package.
    An alias has the spec it stands for in `sub_spec`.
    """

    type: SpecType
    raw: str
    name: str | None
    raw_spec: str
    fetch_spec: str | None = None
    save_spec: str | None = None
    sub_spec: "Spec | None" = None
    git_committish: str | None = None
    git_range: str | None = None
    git_subdir: str | None = None
    hosted: Hosted | None = None

    @property
    def registry(self) -> bool:
        """Whether it comes from a registry."""
        return self.type in _REGISTRY_TYPES

    @property
    def scope(self) -> str | None:
        return None if self.name is None else scope_of(self.name)

    @property
    def escaped_name(self) -> str | None:
        """The name as a registry URL holds it."""
        return None if self.name is None else escape(self.name)

    def __str__(self) -> str:
        wanted = self.save_spec or self.fetch_spec or self.raw_spec
        return "@".join(part for part in (self.name, wanted) if part) or self.raw


class _Text(msgspec.Struct, frozen=True):
    """A spec's text, and what it takes to read it."""

    raw: str
    name: str | None
    spec: str
    where: str
    platform: Platform
    home: str | None

    @property
    def has_slashes(self) -> bool:
        return _has_slashes(self.spec, self.platform)


def parse(arg: str, where: str = "/proj", *, platform: Platform = "posix", home: str | None = None) -> Spec:
    """Read a spec as given to `npm install`: a name, a name@spec, or a spec alone. Raises InvalidSpec.

    `where` is the project's absolute path, `home` the user's; without it paths below `~` are left as they are.
    """
    return _read(_take_apart(arg, where, platform, home))


def resolve(
    name: str, spec: str, where: str = "/proj", *, platform: Platform = "posix", home: str | None = None
) -> Spec:
    """Read a spec as a manifest's dependency declares it, apart from its name. Raises InvalidSpec."""
    raw = f"{name}@{spec}" if name else spec
    return _read(_Text(raw, name or None, spec, where, platform, home))


def _take_apart(arg: str, where: str, platform: Platform, home: str | None) -> _Text:
    end = arg.find("@", 1)
    before = arg[:end] if end > 0 else arg
    name, spec = None, arg
    if _URL.match(arg):
        pass
    elif _SCP.fullmatch(arg):
        spec = f"git+ssh://{arg}"
    elif not before.startswith("@") and (_has_slashes(before, platform) or is_tarball(before)):
        pass
    elif end > 0:
        name, spec = before, arg[end + 1 :] or "*"
    elif not errors_of(arg):
        name, spec = arg, "*"
    return _Text(arg, name, spec, where, platform, home)


def _has_slashes(text: str, platform: Platform) -> bool:
    return "/" in text or (platform == "windows" and "\\" in text)


def _check_name(name: str | None) -> None:
    errors = errors_of(name) if name else ()
    if errors:
        reasons = ", ".join(dict.fromkeys(problem.text for problem in errors))
        raise InvalidSpec("EINVALIDPACKAGENAME", f"the package name {reasons}")


def _read(text: _Text) -> Spec:
    _check_name(text.name)
    if looks_local(text.spec, text.platform):
        return _local(text)
    if _is_alias(text.spec):
        return _alias(text)
    hosted = from_url(text.spec)
    if hosted is not None:
        return _hosted(text, hosted)
    if _URL.match(text.spec):
        return _url(text)
    if text.spec and (text.has_slashes or is_tarball(text.spec)):
        return _local(text)
    return _registry(text)


def _local(text: _Text) -> Spec:
    path = read_path(text.spec, text.where, platform=text.platform, home=text.home)
    kind = SpecType.FILE if is_tarball(text.spec) else SpecType.DIRECTORY
    return Spec(kind, text.raw, text.name, text.spec, path.absolute, path.save)


def _is_alias(spec: str) -> bool:
    return spec[: len("npm:")].lower() == "npm:"


def _alias(text: _Text) -> Spec:
    inner = _take_apart(text.spec[len("npm:") :], text.where, text.platform, text.home)
    _check_name(inner.name)
    if _is_alias(inner.spec):  # before it is read: aliases could be nested without end
        raise InvalidSpec(None, "an alias of an alias")
    target = _read(inner)
    if not target.registry:
        raise InvalidSpec(None, "an alias of what does not come from a registry")
    if not target.name:
        raise InvalidSpec(None, "an alias of no name")
    return Spec(SpecType.ALIAS, text.raw, text.name, text.spec, sub_spec=target)


def _hosted(text: _Text, hosted: Hosted) -> Spec:
    fetch = None if hosted.is_shortcut else hosted.text(committish=False).removeprefix("git+")
    return _git(text, hosted.committish or "", fetch, hosted.text(), hosted)


def _git(text: _Text, fragment: str, fetch: str | None, save: str, hosted: Hosted | None = None) -> Spec:
    """A git spec: the fragment is `committish`, `semver:range`, `path:folder`, or several of them between `::`."""
    committish = wanted = folder = None
    for part in fragment.split("::"):
        key, colon, value = part.partition(":")
        value = value.partition(":")[0]
        if not colon or key == "semver":
            if committish or wanted:
                raise InvalidSpec(None, "more than one commit, branch, tag or range of one repository")
            committish, wanted = (None, decode_component(value)) if colon else (part, None)
            if colon and wanted is None:
                raise InvalidSpec(None, "a range of tags with broken escapes")
        elif key == "path":
            if folder:
                raise InvalidSpec(None, "more than one folder of one repository")
            folder = f"/{value}"
    return Spec(
        SpecType.GIT,
        text.raw,
        text.name,
        text.spec,
        fetch,
        save,
        git_committish=committish or None,
        git_range=wanted or None,
        git_subdir=folder,
        hosted=hosted,
    )


def _url(text: _Text) -> Spec:
    spec = text.spec
    place, mark, fragment = spec.removeprefix("git+ssh://").partition("#")
    if place != spec.partition("#")[0] and _is_scp(place) and not _LINE_END.search(fragment):
        return _git(text, fragment if mark else "", place, spec)
    if spec.startswith("git+file://"):
        spec = spec.replace("\\", "/")
    url = parse_web_url(spec)
    if url is None:
        raise InvalidSpec("ERR_INVALID_URL", "not a valid URL")
    if url.scheme in {"http", "https"}:
        return Spec(SpecType.REMOTE, text.raw, text.name, text.spec, text.spec, text.spec)
    if url.scheme not in _GIT_SCHEMES:
        raise InvalidSpec("EUNSUPPORTEDPROTOCOL", f"npm does not support {url.scheme}: specs")
    fetch = url.text(fragment=False)
    if _DRIVE_URL.match(spec) and url.authority is not None:
        fetch = f"git+file://{url.authority.netloc.lower()}:{url.path}"
    return _git(text, url.fragment or "", fetch.removeprefix("git+"), text.spec)


def _is_scp(place: str) -> bool:
    """Whether it is git's `user@host:path`, which is no URL; digits after the colon would be a port."""
    host, _, path = place.partition(":")
    return bool(host and path) and not _PORT.search(place)


def _registry(text: _Text) -> Spec:
    wanted = trim(text.spec)
    if parse_version(wanted, loose=True) is not None:
        kind = SpecType.VERSION
    elif parse_range(wanted, loose=True) is not None:
        kind = SpecType.RANGE
    elif is_url_safe(wanted):
        kind = SpecType.TAG
    else:
        raise InvalidSpec(
            "EINVALIDTAGNAME", "not a version or a range, and a tag cannot have characters that URLs escape"
        )
    return Spec(kind, text.raw, text.name, text.spec, wanted)
