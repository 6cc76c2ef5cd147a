"""The synthetic group's houses and staff, as tables. Every name is made up and says so."""

from dataclasses import dataclass

PASSWORD = "slow-ebb-tide"  # noqa: S105, printed at every start; it opens synthetic data alone
SYNTHETIC = "(synthetic)"


@dataclass(frozen=True, slots=True)
class House:
    """One site: where it is, how many rooms it has, and what its user names end in."""

    code: str
    name: str
    timezone: str
    street: str
    city: str
    state: str
    postal_code: str
    phone: str
    rooms: int
    suffix: str


# fmt: off
HOUSES = (
    House("harbor", "Harbor", "America/Los_Angeles",
          "1 Example Quay", "Samplehaven", "CA", "00001", "555-0101", 5, ""),
    House("mill", "Mill Street", "America/Los_Angeles",
          "22 Mill Street", "Mockbridge", "CA", "00002", "555-0102", 3, "-mill"),
    House("north", "Northgate", "America/Denver",
          "300 Northgate Road", "Draftfield", "CO", "00003", "555-0103", 2, "-north"),
)

# site, user name without the site's ending, role, name, credentials ("" for no practitioner)
STAFF = (
    ("harbor", "desk",       "front_desk", "Dee Welcomby",     ""),
    ("harbor", "nurse",      "nurse",      "Nell Mockridge",   "RN"),
    ("harbor", "nurse2",     "nurse",      "Noah Drillwood",   "RN"),
    ("harbor", "prescriber", "prescriber", "Pia Dryrun",       "MD"),
    ("mill",   "desk",       "front_desk", "Dot Greetham",     ""),
    ("mill",   "nurse",      "nurse",      "Nina Practiceby",  "RN"),
    ("mill",   "nurse2",     "nurse",      "Ned Rehearsley",   "RN"),
    ("mill",   "prescriber", "prescriber", "Paul Trialwright", "NP"),
    ("north",  "desk",       "front_desk", "Dan Helloway",     ""),
    ("north",  "nurse",      "nurse",      "Nia Walkthrough",  "RN"),
    ("north",  "nurse2",     "nurse",      "Nico Standinge",   "RN"),
    ("north",  "prescriber", "prescriber", "Petra Modelson",   "MD"),
)
# fmt: on

# The director serves every site under one user name.
DIRECTOR = ("director", "Dora Overview", "MD")

LOGINS = (
    ("Front desk", "desk", PASSWORD),
    ("Nurse", "nurse", PASSWORD),
    ("Second nurse", "nurse2", PASSWORD),
    ("Prescriber", "prescriber", PASSWORD),
    ("Director", "director", PASSWORD),
)
