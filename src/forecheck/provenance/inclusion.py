"""That a transparency log holds an entry: its promise (SET), or its proof of inclusion under a signed checkpoint."""

import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from forecheck.provenance.bundle import LogEntry, Proof
from forecheck.provenance.keys import check_signature
from forecheck.provenance.refusal import false, stranger, unreadable
from forecheck.provenance.trust import Key, Trust
from forecheck.provenance.wire import base64, octets

_NOTE: Final = re.compile(
    r"(?P<text>[^\n]+\n[0-9]{1,19}\n[^\n]+\n(?:[^\n]+\n)*)\n(?P<signatures>(?:— [^\n]+\n)+)"
)
"""A signed note around a checkpoint: origin, size, root hash, other lines, a blank line, signatures
(transparency-dev `formats/log`, C2SP signed-note)."""

_SIGNATURE: Final = re.compile(r"— (?P<name>[^ \n]+) (?P<signature>[^ \n]+)\n")


def check_inclusion(entry: LogEntry, trust: Trust) -> datetime:
    """The moment the log vouches for; raises `Refused`.

    Whatever there is of promise and proof must hold. Only the promise signs the time, so without it there is none.
    """
    log = check_proof(entry, trust)
    if not entry.promise or entry.integrated is None:
        raise false("nothing says with a signature when it was logged")
    _check_promise(entry, log)
    try:
        logged = datetime.fromtimestamp(entry.integrated, UTC)
    except (OverflowError, ValueError, OSError):
        raise unreadable("its time of logging is out of range") from None
    if not log.window.holds(logged):
        raise false("it was logged at a time when the transparency log's key did not count")
    return logged


def check_proof(entry: LogEntry, trust: Trust) -> Key:
    """The key of the entry's log; raises `Refused` where that is unknown, or a proof of inclusion does not hold."""
    log = trust.logs.get(entry.log)
    if log is None:
        raise stranger("it is in a transparency log that the trust root does not know")
    if entry.proof is not None:
        _check_proof(entry.proof, entry, log)
    return log


def _check_promise(entry: LogEntry, log: Key) -> None:
    """The signed entry timestamp: over the RFC 8785 form of these four fields (Rekor `LogEntryAnon`)."""
    message = (
        f'{{"body":"{base64(entry.body)}","integratedTime":{entry.integrated},'
        f'"logID":"{entry.log.hex()}","logIndex":{entry.index}}}'
    )
    check_signature(log.spki, entry.promise, message.encode(), "the promise of the transparency log")


def _check_proof(proof: Proof, entry: LogEntry, log: Key) -> None:
    size, root = _checkpoint(proof.checkpoint, entry.log, log)
    if (size, root) != (proof.size, proof.root):
        raise false("its proof of inclusion is not about the tree that the log has signed")
    if root_of(entry.body, proof) != proof.root:
        raise false("its proof of inclusion does not hold")


def root_of(body: bytes, proof: Proof) -> bytes:
    """The root hash that the proof leads to (RFC 9162 2.1.3.2); raises `Refused` for a proof of the wrong length."""
    if proof.index >= proof.size:
        raise false("its proof of inclusion is for an entry beyond the end of the log")
    node = sha256(b"\x00" + body).digest()
    index, last = proof.index, proof.size - 1
    for sibling in proof.hashes:
        if last == 0:
            raise false("its proof of inclusion is too long")
        if index & 1 or index == last:
            node = sha256(b"\x01" + sibling + node).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = sha256(b"\x01" + node + sibling).digest()
        index, last = index >> 1, last >> 1
    if last:
        raise false("its proof of inclusion is too short")
    return node


def _checkpoint(note: str, log_id: bytes, log: Key) -> tuple[int, bytes]:
    """Size and root hash of a checkpoint signed by the log. Each line's text starts with four octets of the id."""
    parts = _NOTE.fullmatch(note)
    if parts is None:
        raise unreadable("the log's checkpoint is not a signed note")
    origin, size, root = parts["text"].split("\n")[:3]
    for line in _SIGNATURE.finditer(parts["signatures"]):
        signature = octets(line["signature"], "checkpoint's signature")
        if signature[:4] == log_id[:4] and line["name"] == origin.partition(" ")[0]:
            check_signature(log.spki, signature[4:], parts["text"].encode(), "the log's checkpoint")
            return int(size), octets(root, "checkpoint's root")
    raise false("the log has not signed the checkpoint")
