"""The synthetic patients, as a table. Every name is made up; pages add "(synthetic)"."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """One row.

    Attributes:
        site: Code of the site.
        stage: How far along they are; see `STAGES`.
        done: Finished visits behind them.
        losses: "limb side level cause years-ago", several parted by ";".
        allergies: "substance: reaction", several parted by ";"; "" none known, "?" not asked.
        access: "line limb / cuff limb"; never a residual limb.
        mark: What is special in their history; see `MARKS`.
    """

    site: str
    given: str
    family: str
    sex: str
    age: int
    height_cm: int
    weight_kg: str
    indication: str
    stage: str
    done: int
    losses: str = ""
    allergies: str = ""
    access: str = "left arm / right arm"
    mark: str = ""


STAGES = {
    "intake": "asked at intake, no plan yet",
    "draft": "a plan is drawn up, no order signed",
    "planned": "ordered, the first visit booked",
    "series": "in the series, more visits booked",
    "paused": "plan on hold",
    "revoked": "plan revoked",
    "completed": "series complete",
    # today
    "running": "in the room, drug running, a hold behind it",
    "preparing": "checked in, being prepared",
    "recovery": "infusion over, watched",
    "unsigned": "gone home today, record not signed",
    "signed": "gone home today, record signed",
    "waiting": "booked a few minutes ago, not checked in",
    "soon": "booked in a few minutes",
    "next": "booked within the half-hour",
    "later": "booked later today",
    "cancelled": "today's booking cancelled",
    "expired": "booked later today, but the order has run out",
    "no-show": "did not come today",
}

MARKS = {
    "reactive": "blood pressure rises far: the last visit was stopped early",
    "queasy": "nausea at every visit",
    "slowed": "blood pressure rises enough for a slower rate",
    "amended": "the last record was corrected after it was signed",
    "raised": "the order was replaced by one for more",
    "renewed": "the order was replaced by one for less",
    "called-off": "one visit was called off at the start gate",
}

# fmt: off
PATIENTS = (
    # Harbor
    Person("harbor", "Wren", "Testwell", "female", 46, 170, "71.5", "plp", "running", 2,
           "leg left transtibial trauma 6", "penicillin: rash", "right arm / left arm", "queasy"),
    Person("harbor", "Alder", "Samplewick", "male", 58, 181, "88.0", "plp", "preparing", 3,
           "leg right transfemoral dysvascular 3", "", "left arm / right arm"),
    Person("harbor", "Juniper", "Fauxley", "female", 39, 165, "63.5", "plp", "waiting", 1,
           "leg right transtibial trauma 9", "latex: hives"),
    Person("harbor", "Basil", "Draftwood", "male", 63, 176, "79.0", "plp", "soon", 4,
           "leg left transtibial dysvascular 2; leg right transtibial dysvascular 1", "",
           "right arm / left arm"),
    Person("harbor", "Sorrel", "Placeholm", "female", 34, 168, "66.0", "plp", "next", 0,
           "arm left transradial trauma 5", "morphine: itching", "right arm / right leg"),
    Person("harbor", "Rowan", "Exampleton", "male", 51, 178, "84.5", "plp", "unsigned", 3,
           "arm right transhumeral trauma 12", "", "left arm / left leg"),
    Person("harbor", "Hazel", "Notreal", "female", 44, 162, "58.5", "trd", "later", 3, "",
           "sulfonamides: rash"),
    Person("harbor", "Linden", "Inventson", "male", 29, 183, "77.0", "plp", "expired", 5,
           "leg left knee_disarticulation trauma 3", "", "right arm / left arm"),
    Person("harbor", "Clover", "Pretendham", "female", 52, 160, "70.0", "ptsd", "cancelled", 2),
    Person("harbor", "Flint", "Trialby", "male", 66, 174, "82.5", "plp", "series", 5,
           "leg right transtibial dysvascular 4", "ibuprofen: wheeze", mark="reactive"),
    Person("harbor", "Opal", "Specimon", "female", 48, 167, "64.0", "plp", "series", 4,
           "arm right finger trauma 2", "", "left arm / left leg", "amended"),
    Person("harbor", "Jasper", "Dummerton", "male", 37, 180, "91.0", "trd", "completed", 6,
           mark="raised"),
    Person("harbor", "Pearl", "Modelby", "female", 55, 158, "74.5", "chronic_pain", "series", 3, "",
           "codeine: nausea", "right arm / left arm"),
    Person("harbor", "Reed", "Scenarius", "male", 24, 186, "72.0", "suicidality", "completed", 2),
    Person("harbor", "Sage", "Figmentley", "other", 31, 171, "68.0", "anxiety", "series", 2),
    Person("harbor", "Violet", "Mimicote", "female", 61, 164, "69.5", "plp", "intake", 0,
           "leg left hip_disarticulation cancer 1", "?", "right arm / left arm"),
    Person("harbor", "Yarrow", "Sketchley", "female", 27, 169, "60.0", "plp", "planned", 0,
           "arm left transradial congenital 27", "", "right arm / right leg"),
    # Mill Street
    Person("mill", "Cedar", "Testerby", "male", 49, 179, "86.0", "plp", "recovery", 2,
           "leg left transfemoral trauma 7", "", "right arm / left arm"),
    Person("mill", "Dahlia", "Demoworth", "female", 57, 163, "67.5", "plp", "waiting", 3,
           "leg right transtibial infection 5", "vancomycin: flushing"),
    Person("mill", "Birch", "Mockley", "male", 42, 175, "80.5", "trd", "soon", 1),
    Person("mill", "Iris", "Stubbing", "female", 36, 172, "65.5", "ptsd", "signed", 4),
    Person("mill", "Heath", "Proxby", "male", 70, 173, "76.0", "plp", "no-show", 2,
           "leg right ankle_disarticulation dysvascular 2", "", mark="slowed"),
    Person("mill", "Ginger", "Fableton", "female", 33, 166, "59.0", "anxiety", "later", 3, "",
           "iodine: rash"),
    Person("mill", "Jade", "Replicott", "female", 45, 170, "73.0", "plp", "series", 4,
           "arm right partial_hand trauma 3", "", "left arm / right leg", "renewed"),
    Person("mill", "Laurel", "Theoridge", "female", 53, 161, "62.0", "chronic_pain", "paused", 2,
           mark="queasy"),
    Person("mill", "Elm", "Ersatzman", "male", 40, 188, "95.5", "plp", "completed", 6,
           "leg left transtibial trauma 10", "", "right arm / left arm"),
    Person("mill", "Maple", "Ipsumby", "female", 28, 168, "61.5", "plp", "draft", 0,
           "leg right toe trauma 1; arm right shoulder_disarticulation trauma 1", "",
           "left arm / left leg"),
    Person("mill", "Flax", "Nullman", "male", 60, 177, "83.0", "trd", "revoked", 4),
    Person("mill", "Olive", "Alphaby", "female", 47, 165, "70.5", "plp", "series", 3,
           "leg left transmetatarsal infection 4", "peanut: swelling", "right arm / left arm",
           "called-off"),
    Person("mill", "Rush", "Betaworth", "male", 35, 182, "78.5", "ptsd", "series", 3),
    # Northgate
    Person("north", "Poppy", "Gammaley", "female", 50, 167, "72.5", "plp", "signed", 3,
           "leg right transfemoral trauma 8", "", "left arm / right arm"),
    Person("north", "Quill", "Loremson", "male", 43, 184, "87.5", "plp", "waiting", 2,
           "arm left wrist_disarticulation trauma 4", "", "right arm / right leg"),
    Person("north", "Teasel", "Hypotheson", "male", 59, 172, "81.0", "trd", "soon", 5,
           mark="slowed"),
    Person("north", "Zinnia", "Conjecton", "female", 38, 164, "57.5", "plp", "later", 1,
           "leg left transtibial cancer 2", "ondansetron: headache", "right arm / left arm"),
    Person("north", "Thorn", "Prototypley", "male", 65, 176, "89.0", "chronic_pain", "series", 2,
           "",
           "?", "right arm / left arm"),
    Person("north", "Nettle", "Imaginet", "female", 41, 169, "66.5", "suicidality", "series", 1),
    Person("north", "Sedge", "Voidley", "male", 54, 180, "85.0", "plp", "series", 4,
           "arm left elbow_disarticulation trauma 6; leg left transtibial trauma 6", "",
           "right arm / right leg"),
    Person("north", "Lark", "Simulotte", "female", 32, 163, "60.5", "anxiety", "planned", 0),
    Person("north", "Fennel", "Allegorby", "male", 67, 171, "75.5", "plp", "completed", 6,
           "leg right transtibial dysvascular 5", "aspirin: stomach bleeding"),
    Person("north", "Bryony", "Parabley", "female", 30, 174, "64.5", "ptsd", "intake", 0, "", "?"),
)
# fmt: on
