"""Reading what a patient brought."""

from ebbtide.clinic.intake.models import Allergy, Amputation
from ebbtide.clinic.people.models import Patient


def limbs_lost(patient: Patient) -> set[tuple[str, str]]:
    """Limbs the patient cannot move because they are gone: (limb, side), each once."""
    return {
        (loss.limb, loss.side)
        for loss in Amputation.objects.filter(patient=patient)
        if loss.takes_the_limb
    }


def allergies_in_words(patient: Patient) -> str:
    """What the banner says: the substances, "none known", or "not asked yet"."""
    rows = list(Allergy.objects.filter(patient=patient))
    named = [
        f"{row.substance} ({row.reaction})" if row.reaction else row.substance
        for row in rows
        if row.substance
    ]
    if named:
        return ", ".join(named)
    return "none known" if rows else "not asked yet"
