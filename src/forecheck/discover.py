"""Find every plug-in of a kind: each module of a package that holds a decorated function. There is no list."""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from forecheck.check import Check
from forecheck.lockfiles.format import Format
from forecheck.reporter import Reporter
from forecheck.source import Source


@cache
def checks(category: str = "") -> tuple[Check, ...]:
    """Every check, or those of one category, ordered by category and id."""
    package = importlib.import_module(f"forecheck.checks.{category}" if category else "forecheck.checks")
    found = [plug for plug in _plugs(package) if isinstance(plug, Check)]
    return tuple(sorted(found, key=lambda check: (check.category, check.id)))


@cache
def sources(prefix: str = "") -> tuple[Source, ...]:
    """Every evidence source, or those in the modules whose names begin with `prefix`."""
    import forecheck.evidence as package

    return tuple(plug for plug in _plugs(package, prefix) if isinstance(plug, Source))


@cache
def formats() -> tuple[Format, ...]:
    """Every lockfile format, ordered by id."""
    import forecheck.lockfiles as package

    found = [plug for plug in _plugs(package) if isinstance(plug, Format)]
    return tuple(sorted(found, key=lambda format_: format_.id))


@cache
def reporter(name: str) -> Reporter:
    """The reporter of that name; raises KeyError with the known names."""
    known = {plug.id: plug for plug in reporters()}
    return known[name]


@cache
def reporters() -> tuple[Reporter, ...]:
    """Every reporter, ordered by name."""
    import forecheck.reporters as package

    found = [plug for plug in _plugs(package) if isinstance(plug, Reporter)]
    return tuple(sorted(found, key=lambda reporter: reporter.id))


def _plugs(package: ModuleType, prefix: str = "") -> Iterator[object]:
    for module in _modules(package, prefix):
        for value in tuple(vars(module).values()):
            plug = getattr(value, "__forecheck__", None)
            if plug is not None and getattr(value, "__module__", "") == module.__name__:
                yield plug


def _modules(package: ModuleType, prefix: str = "") -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if not found.name.rpartition(".")[2].startswith(prefix):
            continue
        module = importlib.import_module(found.name)
        if found.ispkg:
            yield from _modules(module)
        else:
            yield module
