"""Who is here: users with their roles at sites, practitioners and patients."""

from datetime import date
from functools import cached_property
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from ebbtide.clinic.sites.models import Site


class Role(models.TextChoices):
    FRONT_DESK = "front_desk", "Front desk"
    NURSE = "nurse", "Nurse"
    PRESCRIBER = "prescriber", "Prescriber"
    DIRECTOR = "director", "Director"


class User(AbstractUser):
    """A login. What it may do comes from its memberships alone, never from a flag."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField(max_length=120)

    REQUIRED_FIELDS = ("full_name",)  # type: ignore[assignment]

    privacy: ClassVar = {
        "identifying": ("username", "full_name", "email", "password"),
        "clinical": (),
        "plain": ("id", "last_login", "is_superuser", "is_staff", "is_active", "date_joined"),
    }

    class Meta(AbstractUser.Meta):
        constraints = (
            models.CheckConstraint(
                name="people_user_nobody_is_superuser", condition=Q(is_superuser=False)
            ),
        )

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0]

    @cached_property
    def roles_by_site(self) -> dict[int, frozenset[str]]:
        """Roles at each site id, read once per request."""
        roles: dict[int, set[str]] = {}
        for site_id, role in self.memberships.values_list("site_id", "role"):
            roles.setdefault(site_id, set()).add(role)
        return {site_id: frozenset(held) for site_id, held in roles.items()}

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """The sites served in any role, by name, read once per request."""
        return tuple(Site.objects.filter(pk__in=self.roles_by_site))


class Membership(models.Model):
    """A role that a user holds at one site."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role)

    privacy: ClassVar = {"identifying": (), "clinical": (), "plain": ("id", "user", "site", "role")}

    class Meta:
        ordering = ("site", "user", "role")
        constraints = (
            models.UniqueConstraint(
                name="people_membership_role_once", fields=("user", "site", "role")
            ),
            models.CheckConstraint(
                name="people_membership_role_known", condition=Q(role__in=Role.values)
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()} at {self.site}"


class Practitioner(models.Model):
    """A person who treats; the user is the login of the same person."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="practitioner")
    name = models.CharField(max_length=120)
    credentials = models.CharField(max_length=40)
    licence_number = models.CharField(max_length=30)
    licence_expires_on = models.DateField()

    privacy: ClassVar = {
        "identifying": ("name", "licence_number"),
        "clinical": (),
        "plain": ("id", "user", "credentials", "licence_expires_on"),
    }

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                name="people_practitioner_licence_given", condition=~Q(licence_number="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}, {self.credentials}"


class Sex(models.TextChoices):
    """Sex as the dosing formulas need it; ``other`` and ``unknown`` stop those formulas."""

    FEMALE = "female", "Female"
    MALE = "male", "Male"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Unknown"


class Patient(models.Model):
    """A person treated, known at one site."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="patients")
    number = models.CharField(max_length=12, unique=True)
    given_name = models.CharField(max_length=60)
    family_name = models.CharField(max_length=60)
    born_on = models.DateField()
    sex = models.CharField(max_length=8, choices=Sex)
    height_cm = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    home_contact_name = models.CharField(max_length=120, blank=True)
    home_contact_phone = models.CharField(max_length=20, blank=True)
    is_synthetic = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    privacy: ClassVar = {
        "identifying": (
            *("number", "given_name", "family_name", "born_on", "phone"),
            *("home_contact_name", "home_contact_phone"),
        ),
        "clinical": ("sex", "height_cm"),
        "plain": ("id", "site", "is_synthetic", "created_at"),
    }

    class Meta:
        ordering = ("family_name", "given_name", "number")
        constraints = (
            models.CheckConstraint(
                name="people_patient_number_form", condition=Q(number__startswith="EB-")
            ),
            models.CheckConstraint(
                name="people_patient_named",
                condition=~Q(given_name="") & ~Q(family_name=""),
            ),
            models.CheckConstraint(
                name="people_patient_sex_known", condition=Q(sex__in=Sex.values)
            ),
            models.CheckConstraint(
                name="people_patient_born_after_1900", condition=Q(born_on__gte=date(1900, 1, 1))
            ),
            models.CheckConstraint(
                name="people_patient_height_of_a_person",
                condition=Q(height_cm__isnull=True) | Q(height_cm__gte=50, height_cm__lte=250),
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def full_name(self) -> str:
        """Given and family name, marked when the person is made up."""
        name = f"{self.given_name} {self.family_name}"
        return f"{name} (synthetic)" if self.is_synthetic else name

    def age_years(self, *, on: date) -> int:
        """Full years of age on a day."""
        had_birthday = (on.month, on.day) >= (self.born_on.month, self.born_on.day)
        return on.year - self.born_on.year - (0 if had_birthday else 1)
