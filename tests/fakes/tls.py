"""A certificate authority of our own for loopback, made by ``openssl`` once per process."""

import atexit
import shutil
import ssl
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import msgspec

_CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = test registry
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1, DNS:localhost
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


class Authority(msgspec.Struct, frozen=True):
    """``certificate``: the PEM to trust. ``chain`` and ``key``: the server's own."""

    certificate: Path
    chain: Path
    key: Path


def available() -> bool:
    return shutil.which("openssl") is not None


@cache
def authority() -> Authority:
    folder = Path(tempfile.mkdtemp(prefix="registry-tls-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "openssl.cnf").write_text(_CONFIG)
    new_key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -config openssl.cnf"
    signed = "-extfile openssl.cnf -extensions server"
    for command in (
        f"req -x509 {new_key} -extensions authority -days 30 -keyout ca.key -out ca.pem -subj /CN=test-authority",
        f"req {new_key} -keyout server.key -out server.csr",
        f"x509 -req -in server.csr -CA ca.pem -CAkey ca.key -set_serial 2 -days 30 {signed} -out server.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
    return Authority(folder / "ca.pem", folder / "server.pem", folder / "server.key")


def server_context() -> ssl.SSLContext:
    made = authority()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.chain, made.key)
    return context
