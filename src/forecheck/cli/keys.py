"""`forecheck keys`: the signing keys that are remembered of registries, and accepting a change of them."""

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from forecheck.cli.ports import Ports
from forecheck.cli.refusal import UsageRefused
from forecheck.report import Exit

if TYPE_CHECKING:
    from forecheck.adapters.pins import PinFolder
    from forecheck.signing.keys import RegistryKey


def add_parser(subparsers: Any) -> None:
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "keys",
        help="show and accept the keys that registries sign with",
        description="The keys of npm's registry are built in, those of any other are remembered from the first time "
        "it is seen. Without arguments, list what is remembered; with a registry, compare that with its list of now.",
    )
    parser.add_argument("registry", nargs="?", default="", metavar="URL", help="a registry's address")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="FINGERPRINT",
        help="take the registry's present word on this key: trust it if it is listed, or no longer if it is not",
    )
    instead.add_argument(
        "--forget", action="store_true", help="forget the registry; its next list is the first"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, ports: Ports) -> int:
    """Raises `UsageRefused` for what cannot be done; then nothing was changed."""
    from forecheck.adapters.pins import PinFolder
    from forecheck.adapters.settings import places
    from forecheck.model import Unavailable
    from forecheck.text import escape

    pins = PinFolder(places(ports.env, ports.cwd).registry_keys)
    try:
        if not args.registry:
            lines = _remembered(args, pins)
        elif args.forget:
            lines = _forgotten(_url(args.registry), pins)
        else:
            lines = _compared(_url(args.registry), args.accept, pins, ports)
        for line in lines:
            ports.stdout.write(f"{escape(line)}\n")
    except Unavailable as missing:
        ports.stderr.write(f"forecheck: {escape(missing.reason)}\n")
        return Exit.WORLD
    except OSError as wrong:
        reason = wrong.strerror or str(wrong)
        raise UsageRefused(f"the keys cannot be remembered in {pins.folder}: {reason}") from None
    return Exit.ALLOW


def _url(text: str) -> str:
    """The registry's base URL in the form in which a run knows it."""
    from forecheck.npm.url import registry_address

    address = registry_address(text)
    if address is None:
        raise UsageRefused(f"{text} is not the address of a registry", "npm config get registry shows yours")
    return address.text


def _remembered(args: argparse.Namespace, pins: "PinFolder") -> Iterator[str]:
    if args.accept or args.forget:
        raise UsageRefused("which registry?", "forecheck keys lists those that are remembered")
    found = pins.all()
    for path, pinned in found.items():
        yield f"{pinned.registry}  since {pinned.since.date()}, in {path}"
        yield from (f"  {_described(key)}" for key in pinned.keys)
        yield from (f"  {fingerprint}  withdrawn" for fingerprint in pinned.withdrawn)
    if not found:
        yield f"no registry has been seen to sign; what is remembered goes to {pins.folder}"


def _forgotten(registry: str, pins: "PinFolder") -> Iterator[str]:
    if not pins.forget(registry):
        raise UsageRefused(f"nothing is remembered of {registry}", "forecheck keys lists what is")
    yield f"{registry} is forgotten; the next keys it lists will be taken as the first"


def _compared(registry: str, accepted: Sequence[str], pins: "PinFolder", ports: Ports) -> Iterator[str]:
    from forecheck.evidence.registry_keys import trusted_keys
    from forecheck.signing.pinned import Pinned, accept, compare

    served = _served(registry, ports)
    pinned = pins.of(registry)
    trusted = trusted_keys(registry, pinned)
    if accepted:
        known = {key.fingerprint for key in (*served, *trusted)}
        for fingerprint in accepted:
            if fingerprint not in known:
                raise UsageRefused(f"{fingerprint} is neither remembered nor listed by {registry}")
        pinned = accept(pinned or Pinned(registry, trusted, ports.now()), served, accepted)
        pins.replace(pinned)
        trusted = trusted_keys(registry, pinned)
    changes = {change.key.fingerprint: change.kind.value for change in compare(trusted, served)}
    for key in trusted:
        listed = any(one.keyid == key.keyid and one.same_key(key) for one in served)
        state = changes.pop(key.fingerprint, "listed" if listed else "not listed")
        yield f"trusted  {_described(key)}  {state}"
    for key in served:
        if key.fingerprint in changes:
            yield f"new      {_described(key)}  {changes[key.fingerprint]}: not trusted"
    if not served:
        yield f"{registry} lists no keys"


def _served(registry: str, ports: Ports) -> "tuple[RegistryKey, ...]":
    """What the registry lists at this moment, with npm's own settings for reaching it."""
    from datetime import timedelta

    from forecheck.cli.options import Options
    from forecheck.cli.session import open_workbench
    from forecheck.evidence.packument import Freshness
    from forecheck.evidence.registry_keys import served_keys
    from forecheck.model import Now
    from forecheck.ports import Cache, Http

    with open_workbench(Options(), ports, None) as workbench:
        context = workbench.session.context
        now, fresh = Now(ports.now()), Freshness(timedelta(0))
        return served_keys(registry, context[Http], context[Cache], now, fresh).keys or ()


def _described(key: "RegistryKey") -> str:
    name = "" if key.keyid == key.fingerprint else f"  id {key.keyid}"
    end = f"  until {key.expires.date()}" if key.expires else ""
    return f"{key.fingerprint}{name}{end}"
