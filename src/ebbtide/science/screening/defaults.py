"""What a new protocol starts from: lists and the sources of the default numbers.

Every entry is for the clinic's medical director to confirm or change.
"""

from typing import Final

from ebbtide.science.screening.parts import Grade, ListItem, RescueDrug, Source, Tag

CHECKLIST: Final = (
    ListItem(id="identity", text="Identity checked by two identifiers"),
    ListItem(
        id="consent",
        text="Consent current: within 12 months, and since any change of dose, indication or "
        "prescriber",
    ),
    ListItem(id="order", text="Signed order in force; visit number within the plan"),
    ListItem(id="allergies", text="Allergies asked and read back"),
    ListItem(
        id="medication",
        text="Changes in medicines and substances since the last visit, benzodiazepines in the "
        "last 24 h included",
    ),
    ListItem(id="weight", text="Weighed today, without prosthesis or chair"),
    ListItem(
        id="fasting",
        text="Fasted as ordered, and eaten and drunk nothing since",
        source="asa_fasting",
    ),
    ListItem(
        id="pregnancy",
        text="Pregnancy test negative, today or within 7 days",
        is_conditional=True,
        source="openfda_ketamine",
    ),
    ListItem(id="escort", text="Escort's name and telephone checked, in person or by call"),
    ListItem(
        id="baseline",
        text="Baseline signs, phantom and residual-limb pain apart, sedation and orientation; "
        "pressure twice if high",
    ),
    ListItem(
        id="suicide_risk",
        text="Suicide risk asked; imminent risk goes to the emergency pathway",
        source="sanacora2017",
    ),
    ListItem(
        id="questionnaires", text="Mood and pain questionnaires due today", is_conditional=True
    ),
    ListItem(id="symptoms", text="No new neurological, cardiac or urinary symptoms"),
    ListItem(
        id="line",
        text="Line runs freely; not in an arm with a fistula or lymphoedema, nor a residual limb",
    ),
    ListItem(
        id="equipment",
        text="Airway equipment, oxygen, suction, rescue drugs and pump checked",
        source="cohen2018",
    ),
    ListItem(
        id="double_check",
        text="Drug, strength, dose and rate checked by a second licensed person on their own",
        source="ismp_double_check",
    ),
    ListItem(
        id="comfort",
        text="Comfort agreed: light, mask, music, scents, touch",
        is_conditional=True,
    ),
)

DISCHARGE_ITEMS: Final = (
    ListItem(id="oriented", text="Knows name, place and day"),
    ListItem(
        id="mobility",
        text="Moves and transfers as usual for this patient, with prosthesis, chair or aid",
        source="chung1995",
    ),
    ListItem(id="nausea", text="Nausea none or mild"),
    ListItem(id="line_out", text="Line removed, site checked"),
    ListItem(id="suicide_risk", text="No new intent of suicide"),
    ListItem(
        id="instructions",
        text="Written instructions given: for 24 h and until a night's sleep no driving, "
        "machinery, legal papers, alcohol or sole care of children",
        source="openfda_ketamine",
    ),
    ListItem(id="home_contact", text="Someone can be reached at home this evening"),
)

RESCUE: Final = (
    RescueDrug(
        id="ondansetron",
        trigger="Nausea or vomiting; or before the start after earlier sickness",
        drug="ondansetron",
        dose="4 mg IV over 2 to 5 min, or 4 to 8 mg dissolving tablet",
        max_per_visit="8 mg",
        guards="Long QT; other serotonergic drugs",
    ),
    RescueDrug(
        id="metoclopramide",
        trigger="Nausea that stays",
        drug="metoclopramide",
        dose="10 mg IV slowly",
        max_per_visit="one dose",
        guards="Movement disorders; not in Parkinson disease",
    ),
    RescueDrug(
        id="prochlorperazine",
        trigger="Nausea that stays",
        drug="prochlorperazine",
        dose="5 to 10 mg IV",
        max_per_visit="one dose",
        guards="Movement disorders; not in Parkinson disease",
    ),
    RescueDrug(
        id="midazolam",
        trigger="Severe anxiety or agitation, RASS +2 or more, after a calm voice, quiet, and "
        "slowing or stopping",
        drug="midazolam",
        dose="0.5 to 1 mg IV over 2 min, again after 2 to 3 min",
        max_per_visit="5 mg; 2.5 mg from 60 years or if frail",
        guards="SpO₂; opioids; flumazenil 0.2 mg at hand; may blunt the effect on mood",
    ),
    RescueDrug(
        id="midazolam_seizure",
        trigger="Seizure: stop the pump, call EMS",
        drug="midazolam",
        dose="2 to 5 mg IV",
        max_per_visit="as EMS directs",
        guards="Airway",
    ),
    RescueDrug(
        id="lorazepam_seizure",
        trigger="Seizure: stop the pump, call EMS",
        drug="lorazepam",
        dose="2 to 4 mg IV",
        max_per_visit="as EMS directs",
        guards="Airway",
    ),
    RescueDrug(
        id="labetalol",
        trigger="Systolic 180 or diastolic 110 mmHg or more that stays after holding, or with "
        "symptoms",
        drug="labetalol",
        dose="5 to 20 mg IV over 2 min, again after 10 min",
        max_per_visit="40 to 80 mg",
        guards="Not if pulse is below 60, nor in asthma, heart block or heart failure",
    ),
    RescueDrug(
        id="hydralazine",
        trigger="The same, with a slow pulse or where a beta blocker is unsuitable",
        drug="hydralazine",
        dose="5 to 10 mg IV, again after 20 to 30 min",
        max_per_visit="20 mg",
        guards="Reflex tachycardia; coronary disease",
    ),
    RescueDrug(
        id="clonidine",
        trigger="To prevent a rise of pressure, or a moderate rise",
        drug="clonidine",
        dose="0.1 mg by mouth 30 to 60 min before",
        max_per_visit="0.2 mg",
        guards="Low pressure, sedation, slow pulse",
    ),
    RescueDrug(
        id="glycopyrrolate",
        trigger="Salivation",
        drug="glycopyrrolate",
        dose="0.1 to 0.2 mg IV",
        max_per_visit="0.2 mg",
        guards="Tachycardia",
    ),
    RescueDrug(
        id="oxygen",
        trigger="Low saturation: reposition first",
        drug="oxygen",
        dose="2 to 4 L/min by nasal cannula, then mask, then bag and mask",
        guards="EMS if SpO₂ stays below 90%",
    ),
    RescueDrug(
        id="epinephrine",
        trigger="Anaphylaxis: call EMS",
        drug="epinephrine",
        dose="0.3 to 0.5 mg IM, again after 5 to 15 min",
        guards="EMS",
    ),
    RescueDrug(
        id="naloxone",
        trigger="Opioid effect beside ketamine's",
        drug="naloxone",
        dose="0.4 mg IV or IM, or 4 mg nasal; again after 2 to 3 min",
        guards="Withdrawal",
    ),
    RescueDrug(
        id="acetaminophen",
        trigger="Headache",
        drug="acetaminophen",
        dose="650 to 1,000 mg by mouth",
        max_per_visit="3 g a day",
        guards="Liver disease",
    ),
)


def _sources(
    area: str, names: str, reference: str, note: str = "", tag: Tag = Tag.SYNTHESIS
) -> tuple[Source, ...]:
    return tuple(
        Source(item=f"{area}.{name}", tag=tag, grade=Grade.NONE, reference=reference, note=note)
        for name in names.split()
    )


_OWN: Final = "Chosen for this software; no published limit."

SOURCES: Final = (
    *_sources("weight", "min_kg max_kg max_change_percent max_change_kg", "clinic_practice"),
    *_sources("weight", "block_below_kg block_above_kg unit_tolerance_percent", "ebbtide", _OWN),
    *_sources("weight", "bmi_low bmi_high", "ebbtide", _OWN),
    *_sources("weight", "bmi_review", "clinic_practice", "Anaesthesia review from 40."),
    *_sources(
        "dose",
        "max_mg_per_kg max_mg max_mg_per_min max_minutes",
        "clinic_practice",
        "For a nurse-run 40-minute infusion; above them other monitoring is needed.",
    ),
    *_sources(
        "dose",
        "max_mg_per_kg_per_h",
        "ebbtide",
        "1.0 mg/kg in 40 min.",
        Tag.DERIVED,
    ),
    *_sources(
        "dose", "min_mg_per_kg", "mgh_series", "Lowest dose in the published range.", Tag.READ
    ),
    *_sources("dose", "block_mg_per_kg", "ebbtide", "Twice the limit that needs a reason."),
    *_sources("dose", "max_deviation_percent", "clinic_practice"),
    *_sources(
        "dose",
        "max_final_mg_per_ml",
        "openfda_ketamine",
        "100 mg/mL is never given undiluted; its label dilutes it with an equal volume.",
        Tag.READ,
    ),
    *_sources("dose", "ready_to_use_mg_per_ml", "injectable_handbook", "", Tag.READ),
    *_sources("dose", "fine_draw_below_ml fine_draw_step_ml draw_step_ml", "clinic_practice"),
    *_sources("dose", "max_increase_factor slip_factor", "ebbtide", _OWN),
    *_sources(
        "dose",
        "max_bolus_mg_per_kg",
        "nikolajsen1996",
        "The bolus of the phantom-pain trial.",
        Tag.READ,
    ),
    *_sources("dose", "block_bolus_mg_per_kg", "ebbtide", "A whole infusion's dose."),
    *_sources(
        "dose",
        "min_bolus_minutes",
        "ketamine_label",
        "Given over 60 s or longer; faster depresses breathing.",
        Tag.RECALLED,
    ),
    *_sources(
        "gate",
        "systolic_mmhg diastolic_mmhg",
        "spravato_label",
        "Above 140/90 weigh the risk (recalled); low limits from the monitor's alarm limits. "
        "Published norms range from 140/90 to 180/110.",
    ),
    *_sources("gate", "pulse_per_min spo2_percent resp_per_min temperature_c", "clinic_practice"),
    *_sources("gate", "moaas rass", "clinic_practice", "MOAA/S 4 holds; RASS −1 may be rechecked."),
    *_sources(
        "gate", "rechecks min_rest_minutes max_rest_minutes max_rise_percent", "clinic_practice"
    ),
    *_sources("gate", "hold_symptoms", "ebbtide", "The red symptoms of the session."),
    *_sources(
        "band",
        "systolic_mmhg diastolic_mmhg pulse_per_min",
        "wan2015",
        "Trial stop rules near 180/100 or pulse 110 (recalled, uncertain); low pressures from "
        "the monitor's alarm limits.",
    ),
    *_sources("band", "spo2_percent resp_per_min spo2_red_below_on_oxygen", "clinic_practice"),
    *_sources("band", "moaas rass max_rise_percent", "clinic_practice"),
    *_sources("band", "confirm_amber confirm_red amber_symptoms red_symptoms", "clinic_practice"),
    *_sources("band", "required", "ebbtide", "Breathing rate may come from the monitor alone."),
    *_sources("band", "amber_action red_action red_repeat_action", "clinic_practice"),
    *_sources("band", "amber_repeat_action green_action", "clinic_practice"),
    *_sources("schedule", "baseline_minutes grace_minutes after_change_minutes", "clinic_practice"),
    *_sources(
        "schedule",
        "infusion_bp_minutes recovery_minutes",
        "rivaposse2018",
        "Every 5 to 15 min in published series, 15 in recovery.",
        Tag.READ,
    ),
    *_sources(
        "schedule", "cadss6_at_minutes", "clinic_practice", "The effect peaks at 30 to 40 min."
    ),
    *_sources("schedule", "rescue_check_minutes", "clinic_practice"),
    *_sources(
        "schedule", "pain_minutes", "nhs_ketamine", "Pain every 15 min in the first hour.", Tag.READ
    ),
    *_sources("discharge", "min_aldrete", "aldrete1995", "", Tag.RECALLED),
    *_sources(
        "discharge",
        "max_rise_percent systolic_below_mmhg diastolic_below_mmhg max_spo2_drop",
        "clinic_practice",
    ),
    *_sources(
        "discharge", "max_cadss6_rise", "ebbtide", "What counts as near baseline is our reading."
    ),
    *_sources(
        "discharge",
        "min_minutes_from_start min_minutes_from_end",
        "clinic_practice",
        "Trials of 0.5 mg/kg observe about 2 h; clinics 90 to 120 min from the start and "
        "30 to 60 from the end.",
    ),
    *_sources("discharge", "alert_moaas alert_rass min_escort_years", "clinic_practice"),
    *_sources("discharge", "min_recovery_sets", "rivaposse2018", "", Tag.READ),
    *_sources(
        "discharge", "overridable", "clinic_practice", "Pressure by a prescriber with a reason."
    ),
)
