"""TLS contexts as npm's settings ask for them."""

import os
import ssl
import tempfile

from forecheck.model import Unavailable, UnavailableKind
from forecheck.npm.registries import TlsSettings

# Where Linux and the BSDs keep their authorities, for Pythons that were built to look elsewhere.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def context_for(settings: TlsSettings) -> ssl.SSLContext:
    """Raises `Unavailable` (REFUSED) where a configured certificate cannot be used: never goes on without it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        _load_authorities(context, settings)
    except (ssl.SSLError, OSError, ValueError):
        which = (
            f"the cafile {settings.ca_file}" if settings.ca_file else "the certificate in npm's ca setting"
        )
        raise Unavailable(UnavailableKind.REFUSED, f"{which} cannot be read as PEM certificates") from None
    try:
        _load_own_certificate(context, settings)
    except (ssl.SSLError, OSError, ValueError):
        which = settings.cert_file or "in npm's cert and key settings"
        raise Unavailable(UnavailableKind.REFUSED, f"the client certificate {which} cannot be used") from None
    if not settings.strict_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _load_authorities(context: ssl.SSLContext, settings: TlsSettings) -> None:
    if settings.ca_pem:
        context.load_verify_locations(cadata="\n".join(settings.ca_pem))
    elif settings.ca_file and os.path.exists(settings.ca_file):
        context.load_verify_locations(cafile=settings.ca_file)
    else:
        context.load_default_certs()
        found = ssl.get_default_verify_paths()
        if os.name == "posix" and found.cafile is None and found.capath is None:
            for bundle in filter(os.path.exists, _BUNDLES):
                context.load_verify_locations(cafile=bundle)


def _load_own_certificate(context: ssl.SSLContext, settings: TlsSettings) -> None:
    """A key with a pass phrase fails rather than asks for it: nobody may be there to answer."""
    if settings.cert_file:
        context.load_cert_chain(settings.cert_file, settings.key_file or None, password="")
    elif settings.cert_pem and settings.key_pem:
        # OpenSSL through Python reads these from files only; the folder is the user's alone and gone at once.
        with tempfile.TemporaryDirectory(prefix="forecheck-") as folder:
            certificate, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
            for path, text in ((certificate, settings.cert_pem), (key, settings.key_pem.reveal())):
                with open(path, "w", encoding="ascii", opener=_for_owner_only) as file:
                    file.write(text)
            context.load_cert_chain(certificate, key, password="")


def _for_owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
