"""What a patient brings: limb loss, conditions and allergies."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ebbtide.clinic.people.models import Patient


class Laterality(models.TextChoices):
    LEFT = "left", "left"
    RIGHT = "right", "right"


class Limb(models.TextChoices):
    ARM = "arm", "arm"
    LEG = "leg", "leg"


class AmputationCause(models.TextChoices):
    TRAUMA = "trauma", "trauma"
    DYSVASCULAR = "dysvascular", "poor circulation"
    CANCER = "cancer", "cancer"
    INFECTION = "infection", "infection"
    CONGENITAL = "congenital", "born without"


class AmputationLevel(models.TextChoices):
    """Levels of limb loss. Source: ISO 8549 wording, clinical reference 7.1."""

    FINGER = "finger", "finger"
    PARTIAL_HAND = "partial_hand", "partial hand"
    WRIST = "wrist_disarticulation", "wrist disarticulation"
    TRANSRADIAL = "transradial", "transradial"
    ELBOW = "elbow_disarticulation", "elbow disarticulation"
    TRANSHUMERAL = "transhumeral", "transhumeral"
    SHOULDER = "shoulder_disarticulation", "shoulder disarticulation"
    TOE = "toe", "toe"
    TRANSMETATARSAL = "transmetatarsal", "transmetatarsal"
    ANKLE = "ankle_disarticulation", "ankle disarticulation"
    TRANSTIBIAL = "transtibial", "transtibial"
    KNEE = "knee_disarticulation", "knee disarticulation"
    TRANSFEMORAL = "transfemoral", "transfemoral"
    HIP = "hip_disarticulation", "hip disarticulation"


# A limb counts as gone for the discharge score from these levels up: a hand or
# foot short of a finger or toe still moves on command.
MINOR_LEVELS = frozenset(
    {AmputationLevel.FINGER, AmputationLevel.TOE, AmputationLevel.TRANSMETATARSAL}
)


class Amputation(models.Model):
    """One limb loss, or a limb absent from birth."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="amputations")
    limb = models.CharField(max_length=3, choices=Limb)
    side = models.CharField(max_length=5, choices=Laterality)
    level = models.CharField(max_length=30, choices=AmputationLevel)
    cause = models.CharField(max_length=12, choices=AmputationCause)
    happened_on = models.DateField()

    privacy: ClassVar = {
        "identifying": (),
        "clinical": ("limb", "side", "level", "cause", "happened_on"),
        "plain": ("id", "patient"),
    }

    class Meta:
        ordering = ("happened_on",)
        constraints = (
            models.CheckConstraint(
                name="intake_amputation_limb_known", condition=Q(limb__in=Limb.values)
            ),
            models.CheckConstraint(
                name="intake_amputation_side_known", condition=Q(side__in=Laterality.values)
            ),
            models.CheckConstraint(
                name="intake_amputation_level_known", condition=Q(level__in=AmputationLevel.values)
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.get_limb_display()}, {self.get_level_display()}"

    @property
    def takes_the_limb(self) -> bool:
        """Whether the limb no longer counts among those the patient can move."""
        return self.level not in MINOR_LEVELS


class Allergy(models.Model):
    """A substance the patient reacts to. No row at all means *not asked*; see `none_known`."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="allergies")
    substance = models.CharField(max_length=80)
    reaction = models.CharField(max_length=120, blank=True)
    none_known = models.BooleanField(default=False)

    privacy: ClassVar = {
        "identifying": (),
        "clinical": ("substance", "reaction", "none_known"),
        "plain": ("id", "patient"),
    }

    class Meta:
        ordering = ("substance",)
        verbose_name_plural = "allergies"
        constraints = (
            models.CheckConstraint(
                name="intake_allergy_named_or_none_known",
                condition=Q(none_known=True, substance="")
                | (Q(none_known=False) & ~Q(substance="")),
            ),
        )

    def __str__(self) -> str:
        return self.substance or "none known"


class VascularAccess(models.Model):
    """Which limb may hold a line and which a cuff, as told at intake."""

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="access")
    line_limb = models.CharField(max_length=40)
    cuff_limb = models.CharField(max_length=40)
    note = models.CharField(max_length=160, blank=True)

    privacy: ClassVar = {
        "identifying": (),
        "clinical": ("line_limb", "cuff_limb", "note"),
        "plain": ("id", "patient"),
    }

    class Meta:
        verbose_name_plural = "vascular access"
        constraints = (
            models.CheckConstraint(
                name="intake_access_limbs_named", condition=~Q(line_limb="") & ~Q(cuff_limb="")
            ),
        )

    def __str__(self) -> str:
        return f"line {self.line_limb}, cuff {self.cuff_limb}"
