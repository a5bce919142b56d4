"""Which names of the project's own packages nobody has on the public registry."""

import msgspec

from forecheck.evidence.name_routes import NameRoutes
from forecheck.evidence.once import Once
from forecheck.evidence.planned import PlanIndex
from forecheck.evidence.public_name import latest_public
from forecheck.model import Now
from forecheck.ports import Cache, Http
from forecheck.source import source


class OwnNames(msgspec.Struct, frozen=True):
    """`unclaimed` are names of the project and its workspaces that anyone could publish: without a scope, and unknown
    to the public registry. Names that it may not be asked about are not in it.
    """

    unclaimed: tuple[str, ...]


@source(fetches=True)
def own_names(
    index: PlanIndex, routes: NameRoutes, http: Http, cache: Cache, now: Now, once: Once
) -> OwnNames:
    """The public registry's word, for the names that the user called safe to ask about."""
    names = dict.fromkeys(entry.release.name for entry in index.projects)
    askable = [name for name in names if not name.startswith("@") and routes.may_ask(name)]
    free = (name for name in askable if latest_public(name, routes, http, cache, now, once) is None)
    return OwnNames(tuple(free))
