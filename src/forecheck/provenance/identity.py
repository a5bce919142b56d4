"""Who a certificate was issued to: the job that a CI system ran, as the system itself said.

Extensions: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md (1.3.6.1.4.1.57264.1).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from forecheck.provenance.refusal import false, unreadable

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

SYSTEMS: Final[Mapping[str, str]] = {
    "https://token.actions.githubusercontent.com": "GitHub Actions",
    "https://gitlab.com": "GitLab CI",
    "https://oidc.circleci.com": "CircleCI",
}
"""CI systems by the issuer of their identity tokens, which may have a path below (an organisation's own).

Whoever else gets a certificate is a person or a machine.
"""

_ARC: Final = "1.3.6.1.4.1.57264.1."
_OLD_ISSUER, _OLD_COMMIT, _OLD_REPOSITORY, _OLD_REF = "1", "3", "5", "6"
_ISSUER, _SIGNER, _RUNNER, _REPOSITORY, _COMMIT, _REF, _WORKFLOW, _RUN = (
    "8", "9", "11", "12", "13", "14", "18", "21",
)  # fmt: skip
_UTF8: Final = 0x0C


class Identity(msgspec.Struct, frozen=True, array_like=True):
    """A job. `subject` is the certificate's name for it. `repository` is a URL, `ref` a full git ref, `workflow`
    the URL of the file that defines the job, with its ref. `runner` is `github-hosted` or `self-hosted` where the
    system says so. Any but `issuer` and `subject` may be empty.
    """

    issuer: str
    subject: str
    repository: str = ""
    ref: str = ""
    commit: str = ""
    workflow: str = ""
    runner: str = ""
    run: str = ""

    @property
    def system(self) -> str:
        """The CI system's name; empty where the certificate was not issued to a CI job."""
        known = (name for issuer, name in SYSTEMS.items() if f"{self.issuer}/".startswith(f"{issuer}/"))
        return next(known, "")

    @property
    def build(self) -> str:
        """One line: `GitHub Actions from github.com/o/r @ refs/tags/v1, workflow .github/workflows/x.yml`."""
        path, _, ref = self.workflow.partition("@")
        inside = f"{self.repository}/"
        own = path.removeprefix(inside).lstrip("/") if path.startswith(inside) else _bare(path)
        at = f"@{ref}" if ref and ref != self.ref else ""
        parts = [
            f"{self.system} from {_bare(self.repository)}{f' @ {self.ref}' if self.ref else ''}",
            f"workflow {own}{at}" if own else "",
            "on a self-hosted runner" if self.runner == "self-hosted" else "",
        ]
        return ", ".join(part for part in parts if part)


def identity_of(certificate: "Certificate") -> Identity:
    """What the certificate says of its holder; raises `Refused` for one without a single name."""
    values = _values(certificate)
    issuer = values.get(_ISSUER) or values.get(_OLD_ISSUER, "")
    subject = _subject(certificate)
    repository = values.get(_REPOSITORY, "")
    if not repository and _OLD_REPOSITORY in values and SYSTEMS.get(issuer) == "GitHub Actions":
        repository = f"https://github.com/{values[_OLD_REPOSITORY]}"
    return Identity(
        issuer=issuer,
        subject=subject,
        repository=repository,
        ref=values.get(_REF) or values.get(_OLD_REF, ""),
        commit=values.get(_COMMIT) or values.get(_OLD_COMMIT, ""),
        workflow=values.get(_WORKFLOW) or values.get(_SIGNER) or (subject if repository else ""),
        runner=values.get(_RUNNER, ""),
        run=values.get(_RUN, ""),
    )


def _bare(url: str) -> str:
    return url.removeprefix("https://")


def _subject(certificate: "Certificate") -> str:
    from cryptography.x509 import ExtensionNotFound, SubjectAlternativeName

    try:
        names = list(certificate.extensions.get_extension_for_class(SubjectAlternativeName).value)
    except ExtensionNotFound:
        names = []
    if len(names) != 1:
        raise false("its certificate does not name exactly one holder")
    return str(names[0].value)


def _values(certificate: "Certificate") -> dict[str, str]:
    """Fulcio's extensions by the last number of their id: up to 7 bare text, from 8 on DER UTF8String."""
    from cryptography.x509 import UnrecognizedExtension

    found: dict[str, str] = {}
    for extension in certificate.extensions:
        name = extension.oid.dotted_string
        if name.startswith(_ARC) and isinstance(extension.value, UnrecognizedExtension):
            last = name.removeprefix(_ARC)
            raw = extension.value.value
            if last.isdigit():
                found[last] = _text(raw if int(last) < int(_ISSUER) else _utf8_string(raw))
    return found


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise unreadable("its certificate holds text that cannot be read") from None


def _utf8_string(der: bytes) -> bytes:
    """The content of a DER UTF8String of up to 65,535 octets."""
    header = 2
    length = der[1] if len(der) > 1 else 0
    if length > 0x80:
        count = length - 0x80
        header += count
        length = int.from_bytes(der[2:header], "big") if count <= 2 else -1
    if not der or der[0] != _UTF8 or len(der) != header + length:
        raise unreadable("its certificate holds text that cannot be read")
    return der[header:]
