"""What each role may do at its site. `rules` loads this table at start."""

from typing import Any, Protocol

from rules.permissions import add_perm
from rules.predicates import predicate

from ebbtide.clinic.people.models import Role, User
from ebbtide.clinic.sites.models import Site

CLINICAL = (Role.NURSE, Role.PRESCRIBER, Role.DIRECTOR)
EVERYONE = (Role.FRONT_DESK, *CLINICAL)

PERMISSIONS: dict[str, tuple[Role, ...]] = {
    # people: names and bookings, no clinical detail
    "people.view_patients": EVERYONE,
    "people.manage_staff": (Role.DIRECTOR,),
    "sites.manage": (Role.DIRECTOR,),
    "scheduling.view_today": EVERYONE,
    "scheduling.book": (Role.FRONT_DESK, Role.NURSE, Role.DIRECTOR),
    "scheduling.check_in": (Role.FRONT_DESK, Role.NURSE),
    # the infusion
    "infusions.view_board": CLINICAL,
    "infusions.view_visit": CLINICAL,
    "infusions.run_visit": (Role.NURSE,),
    "infusions.stop": CLINICAL,
    "infusions.witness": (Role.NURSE, Role.PRESCRIBER),  # the dose's second person
    "infusions.sign": (Role.NURSE, Role.PRESCRIBER),
    "plans.view_order": CLINICAL,
    "plans.change_order": (Role.PRESCRIBER,),
    "intake.view": CLINICAL,
    # oversight
    "audit.read_events": (Role.DIRECTOR,),
}


class AtSite(Protocol):
    """Anything that belongs to one site."""

    site: Site


def site_of(place: Site | AtSite) -> Site:
    """The site a thing belongs to."""
    return place if isinstance(place, Site) else place.site


def holds_any(roles: tuple[Role, ...]) -> Any:
    """A predicate: the user holds one of the roles at the thing's site."""

    def test(user: Any, place: Site | AtSite | None) -> bool:
        if not isinstance(user, User) or not user.is_active or place is None:
            return False
        return not user.roles_by_site.get(site_of(place).pk, frozenset()).isdisjoint(roles)

    return predicate(f"is {' or '.join(roles)} at the site")(test)  # type: ignore[no-untyped-call]


for _name, _roles in PERMISSIONS.items():
    add_perm(_name, holds_any(_roles))  # type: ignore[no-untyped-call]
