"""Why an attestation is not believed."""

from enum import StrEnum


class Fault(StrEnum):
    """What is wrong with it.

    FALSE: a signature, proof or certificate does not hold. UNREADABLE: it is not a bundle at all. STRANGER: it is
    signed with a key that the trust root does not know, which an outdated trust root cannot tell from a forgery.
    UNSUPPORTED: a form of bundle that is newer than this program.
    """

    FALSE = "false"
    UNREADABLE = "unreadable"
    STRANGER = "stranger"
    UNSUPPORTED = "unsupported"


class Refused(Exception):  # noqa: N818  (an outcome of looking, not a fault)
    """Raised by everything in this package: the attestation proves nothing, and why."""

    def __init__(self, fault: Fault, reason: str) -> None:
        super().__init__(reason)
        self.fault = fault
        self.reason = reason


def false(reason: str) -> Refused:
    return Refused(Fault.FALSE, reason)


def unreadable(reason: str) -> Refused:
    return Refused(Fault.UNREADABLE, reason)


def stranger(reason: str) -> Refused:
    return Refused(Fault.STRANGER, reason)


def unsupported(reason: str) -> Refused:
    return Refused(Fault.UNSUPPORTED, reason)
