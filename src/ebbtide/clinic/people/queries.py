"""Reading people; every list holds only what the user's sites hold."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from ebbtide.clinic.people.models import Patient, Role, User
from ebbtide.clinic.sites.models import Site


def sites_with(user: User, *, permission: str) -> list[Site]:
    """The sites at which a user holds a permission, by name."""
    return [site for site in user.sites if user.has_perm(permission, site)]


def patients_of(user: User) -> QuerySet[Patient]:
    """The patients of the sites a user serves."""
    return Patient.objects.filter(site__in=user.sites).select_related("site")


def find_patients(*, sites: Collection[Site], find: str = "") -> QuerySet[Patient]:
    """Patients of the sites whose number or name holds every word of `find`."""
    patients = Patient.objects.filter(site__in=sites).select_related("site")
    for word in find.split():
        patients = patients.filter(
            Q(number__icontains=word)
            | Q(given_name__icontains=word)
            | Q(family_name__icontains=word)
        )
    return patients


def has_role(user: User, *roles: Role, site: Site | None = None) -> bool:
    """Whether a user holds one of the roles, at a site or anywhere."""
    held = user.roles_by_site
    wanted = held.values() if site is None else [held.get(site.pk, frozenset())]
    return any(not roles_here.isdisjoint(roles) for roles_here in wanted)


def staff_at(site: Site, *roles: Role) -> QuerySet[User]:
    """Active users who hold one of the roles at a site, by name."""
    users = User.objects.filter(
        is_active=True, memberships__site=site, memberships__role__in=roles or Role.values
    )
    return users.distinct().order_by("full_name")
