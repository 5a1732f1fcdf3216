"""Clean visits of a therapy practice: everything that the payer wants is there, so that no biller would hold them.

`clean_visits(seed, count)` gives the same visits for the same seed. Each stands alone: its payer's settings, its staff,
the visit as a document of the intake, and the lines that the claim should have. Everybody is invented.

What is expected follows the published rules of the trade alone, not the rules under test.
Visits are of working days from FIRST_DAY to LAST_DAY; every fact in them is known on TODAY, the day to judge them on.

    python clean_visits.py --seed 7 --count 300 > visits.json
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final

Document = dict[str, Any]
Minutes = Mapping[str, int]

FIRST_DAY: Final = date(2026, 9, 1)
LAST_DAY: Final = date(2026, 11, 25)
TODAY: Final = date(2026, 11, 28)
HOLIDAYS: Final = (date(2026, 9, 7),)

QUARTER: Final = 15
HALF: Final = 8
CERTIFIED_DAYS: Final = 90
FIRST_DAYS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that the claim should have; the order of its modifiers says nothing."""

    code: str
    units: int
    modifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanVisit:
    """A visit that nobody would hold.

    payer  the payer's settings, as its TOML file would be read
    staff  the persons of staff.toml who took part
    visit  the document of the visit
    lines  what to bill: one line for each code and set of modifiers, by the order of the services
    """

    family: str
    payer: Document
    staff: tuple[Document, ...]
    visit: Document
    lines: tuple[Line, ...]


# ---------------------------------------------------------------- minutes to units

TIMED: Final = frozenset({"97035", "97110", "97112", "97116", "97124", "97140", "97530", "97533", "97535"})
"""Codes of a quarter of an hour that are counted together."""
COGNITION: Final = ("97129", "97130")
"""The first quarter hour, and each further one: counted by themselves, at the midpoint."""


def cms_units(minutes: Minutes) -> dict[str, int]:
    """Count by total time. Raises ValueError where equal remainders leave the choice to the clinician."""
    left = (sum(minutes.values()) + QUARTER - HALF) // QUARTER - sum(given // QUARTER for given in minutes.values())
    ranked = sorted(minutes, key=lambda code: -(minutes[code] % QUARTER))
    if 0 < left < len(ranked) and minutes[ranked[left - 1]] % QUARTER == minutes[ranked[left]] % QUARTER:
        raise ValueError("a tie")
    return {code: given // QUARTER + (code in ranked[:left]) for code, given in minutes.items()}


def midpoint_units(minutes: Minutes) -> dict[str, int]:
    """Count each code by itself."""
    return {code: given // QUARTER + (given % QUARTER >= HALF) for code, given in minutes.items()}


def units_by(rule: str, minutes: Minutes) -> dict[str, int]:
    """Count by the payer's rule."""
    return cms_units(minutes) if rule == "cms" else midpoint_units(minutes)


def assistant_share(units: int, therapist: int, assistant: int) -> int | None:
    """Tell how many of a code's units were the assistant's (Medicare's de minimis); None where that is not decided."""
    marked = assistant // QUARTER
    left = units - marked - therapist // QUARTER
    over, under = assistant % QUARTER, therapist % QUARTER
    if left == 0:
        return marked
    if left == 1:
        return marked if under >= HALF or over * 10 <= over + under else marked + 1
    return marked + 1 if min(over, under) > HALF else None


# ---------------------------------------------------------------- payers

CHARGES: Final = {
    "G0283": "22.00", "92507": "138.00", "92522": "200.00", "92523": "390.00", "92526": "150.00",
    "92610": "190.00", "95992": "80.00", "97016": "28.00", "97018": "20.00", "97035": "26.00", "97110": "62.00",
    "97112": "66.00", "97116": "58.00", "97124": "54.00", "97129": "48.00", "97130": "46.00", "97140": "60.00",
    "97150": "40.00", "97161": "165.00", "97162": "165.00", "97163": "165.00", "97164": "115.00", "97165": "170.00",
    "97166": "170.00", "97167": "170.00", "97168": "118.00", "97530": "70.00", "97533": "76.00", "97535": "66.00",
    "98940": "48.00", "98941": "68.00", "98942": "88.00", "99203": "170.00", "99213": "140.00",
}  # fmt: skip
"""What the practice asks for one unit."""

MEDICARE_ALLOWS: Final = {
    "92507": "76.10", "92526": "84.20", "95992": "41.00", "97110": "28.40", "97112": "32.10", "97116": "28.20",
    "97140": "26.60", "97150": "17.10", "97161": "97.80", "97162": "97.80", "97163": "97.80", "97164": "68.30",
    "97165": "98.10", "97166": "98.10", "97167": "98.10", "97168": "69.20", "97530": "34.90", "97535": "31.70",
    "98940": "26.90", "98941": "38.60", "98942": "50.30", "92610": "84.60", "97016": "10.80", "97018": "5.90",
    "97035": "13.20", "97129": "22.40", "97130": "21.60", "G0283": "10.20",
}  # fmt: skip
"""What Medicare allows for one unit, about."""

THERAPY_PROGRAM: Final[Document] = {
    "wants_discipline_modifier": True,
    "wants_plan_of_care": True,
    "wants_referring_provider": True,
    "applies_pair_edits": True,
    "pays_massage_therapists": False,
}
"""What the government's programmes want in common."""


def _payer(key: str, name: str, program: str, filing_code: str, unit_rule: str, **settings: object) -> Document:
    """Give a payer's settings, each with a source."""
    wanted = {"unit_rule": unit_rule, "filed_by_days": 365, **settings}
    sources = {setting: f"invented policy of {key} 2026" for setting in wanted if setting != "rates"}
    schedule = {"starts": date(2026, 1, 1), "source": "invented charge master 2026", "charges": CHARGES}
    who = {"id": key, "name": name, "program": program, "filing_code": filing_code, "partner": "northgate"}
    return {**who, **wanted, "sources": sources, "fee_schedule": [schedule]}


MEDICARE: Final = _payer(
    "MEDB9", "Medicare Part B (invented)", "medicare", "MB", "cms", **THERAPY_PROGRAM, wants_assistant_modifier=True,
    excludes_wellness=True, excluded_codes=["97014"],
    rates=[{"starts": date(2026, 1, 1), "source": "invented rates 2026", "amounts": MEDICARE_ALLOWS}],
)  # fmt: skip
ADVANTAGE: Final = _payer(
    "SENR9", "Harbor Senior Advantage", "medicare_advantage", "16", "cms", **THERAPY_PROGRAM,
    wants_assistant_modifier=True, wants_authorization=True, authorization_for_evaluation=False,
)  # fmt: skip
MEDICAID: Final = _payer(
    "PRMC9", "Prairie Medicaid (invented)", "medicaid", "MC", "cms", **THERAPY_PROGRAM, wants_authorization=True,
)  # fmt: skip
TRICARE: Final = _payer(
    "TRIC9", "Tricare (invented)", "tricare", "CH", "cms", **THERAPY_PROGRAM, wants_assistant_modifier=True,
)  # fmt: skip
VETERANS: Final = _payer(
    "VETC9", "Veterans Community Care (invented)", "va", "VA", "cms", wants_discipline_modifier=True,
    wants_authorization=True, wants_referring_provider=True,
)  # fmt: skip
MUTUAL: Final = _payer(
    "MUTL9", "Bluestem Mutual", "commercial", "BL", "midpoint", excludes_wellness=True, applies_pair_edits=True,
)  # fmt: skip
HEALTH: Final = _payer(
    "HLTP9", "Harbor Health Plan", "commercial", "CI", "cms", wants_discipline_modifier=True,
    discipline_modifier_from=["DC"], wants_authorization=True, authorization_for_evaluation=False,
    applies_pair_edits=True, excludes_wellness=True,
)  # fmt: skip
COMPENSATION: Final = _payer(
    "WCIB9", "Ironbridge Compensation", "workers_compensation", "WC", "midpoint", wants_authorization=True,
    wants_referring_provider=True,
)  # fmt: skip
AUTO: Final = _payer("AUTO9", "Cascadia Auto", "auto", "AM", "midpoint", wants_referring_provider=True)

# ---------------------------------------------------------------- people and numbers

FIRST_NAMES: Final = (
    "Ada", "Amos", "Anneke", "Arlo", "Beatriz", "Bram", "Carl", "Celia", "Conrad", "Dinah", "Edith", "Elias",
    "Esther", "Ezra", "Faye", "Felix", "Flora", "Gideon", "Greta", "Gustav", "Hanna", "Hugo", "Ida", "Imre",
    "Ines", "Iris", "Ivo", "Jonas", "Joy", "Judith", "Kai", "Karin", "Kurt", "Lars", "Lena", "Leo", "Lotte",
    "Luis", "Mabel", "Marek", "Mia", "Milo", "Nadia", "Nell", "Noel", "Nora", "Olga", "Omar", "Oren", "Otis",
    "Pearl", "Petra", "Quinn", "Rafael", "Rosa", "Ruth", "Sam", "Selma", "Silas", "Sonia", "Tessa", "Theo",
    "Uma", "Vera", "Viktor", "Wanda", "Willem", "Xenia", "Yusuf", "Zelda",
)  # fmt: skip
LAST_NAMES: Final = (
    "Abbott", "Ames", "Arriaga", "Barlow", "Bexley", "Birch", "Brandt", "Carver", "Castellano", "Cole",
    "Corwin", "Dahl", "Danvers", "Doyle", "Eklund", "Ellery", "Farrow", "Fenn", "Ferris", "Frost", "Garrick",
    "Gill", "Greer", "Halloran", "Hart", "Haverford", "Ibsen", "Inman", "Jessup", "Jorgensen", "Keane",
    "Kessler", "Kovacs", "Lang", "Larkin", "Lindqvist", "Lopez-Reyes", "Marsh", "Mbeki", "Mercer", "Moss",
    "Nakamura", "Nye", "O'Dell", "Okafor", "Osborne", "Park", "Pell", "Prescott", "Pryce", "Quill", "Ramos",
    "Reddy", "Rhee", "Saint-Clair", "Sayer", "Sloan", "Stone", "Tarrant", "Thorne", "Tull", "Umber", "Vale",
    "Voss", "Walcott", "Weir", "Yates", "Yoder", "Zamora", "Zeller",
)  # fmt: skip
STREETS: Final = (
    "Water St",
    "Lantern Way",
    "Hollow Rd",
    "Tannery Row",
    "Prairie Ave",
    "Garnet St",
    "Mill Rd",
    "Oak Ct",
)
CITIES: Final = {
    "IL": (("Springfield", "62704"), ("Chatham", "626291144"), ("Decatur", "62521"), ("Peoria", "616021520")),
    "WA": (("Tacoma", "98402"), ("Olympia", "985011221"), ("Yakima", "98901"), ("Spokane", "992012034")),
}
WASHINGTON_CLINIC: Final = {
    "name": "Elm Street Therapy Tacoma",
    "address": {"line1": "18 Puget Ave", "city": "Tacoma", "state": "WA", "zip_code": "984021804"},
}
ASSISTED_LIVING: Final = {
    "name": "Larch Grove Assisted Living",
    "address": {"line1": "900 Larch Grove Dr", "city": "Springfield", "state": "IL", "zip_code": "627043311"},
}

CREDENTIALS: Final = {
    "PT": ("PT", "DPT", "PT, DPT", "PT DPT OCS", "MPT", "MSPT", "P.T.", "PT, DPT, GCS"),
    "PTA": ("PTA", "P.T.A.", "LPTA"),
    "OT": ("OT", "OTR", "OTR/L", "OTD, OTR/L", "MOT, OTR/L", "OTR/L, CHT"),
    "OTA": ("COTA", "COTA/L", "OTA"),
    "SLP": ("SLP", "CCC-SLP", "MS, CCC-SLP", "M.A. CCC-SLP", "SLP-CCC", "MA CCC/SLP"),
    "DC": ("DC", "D.C.", "DC, CCSP"),
    "LMT": ("LMT", "L.M.T.", "LMT, BCTMB", "LMP"),
}
"""How people write them."""
TAXONOMIES: Final = {
    "PT": "225100000X", "PTA": "225200000X", "OT": "225X00000X", "OTA": "224Z00000X", "SLP": "235Z00000X",
    "DC": "111N00000X", "LMT": "225700000X",
}  # fmt: skip
CERTIFIERS: Final = ("MD", "M.D.", "DO", "D.O.", "NP", "FNP-C", "PA", "PA-C", "CNS")
ASSISTANTS: Final = {"PT": "PTA", "OT": "OTA"}
ASSISTANT_MODIFIERS: Final = {"PT": "CQ", "OT": "CO"}
DISCIPLINE_MODIFIERS: Final = {"PT": "GP", "OT": "GO", "SLP": "GN", "DC": "GP"}
NOT_THERAPY: Final = frozenset({"98940", "98941", "98942", "99203", "99213"})

ROLES: Final = ("patient", "clinician", "assistant", "referrer", "subscriber")
NUMBERS: Final = 10**8
SPREAD: Final = 27_644_437
"""A prime: multiples of it meet every number below NUMBERS, and every name, once before one comes again."""


def npi_of(number: int) -> str:
    """Give the NPI that begins with 1 and this number: its check digit is Luhn's, after the prefix 80840."""
    body = f"1{number:08d}"
    total = 24
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{body}{-total % 10}"


def medicare_id(chance: Random) -> str:
    """Give a Medicare number: no letter of it is S, L, O, I, B or Z."""
    letters, digits = "ACDEFGHJKMNPQRTUVWXY", "0123456789"
    sets = {"C": "123456789", "A": letters, "N": digits, "X": letters + digits}
    return "".join(chance.choice(sets[kind]) for kind in "CAXNAXNAANN")


# ---------------------------------------------------------------- what is treated


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """An outcome measure: where patients begin, where they are, where they want to be, and how it is written after."""

    name: str
    begins: tuple[int, int]
    now: tuple[int, int]
    target: int
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a patient has. Texts take the figures of `_figures`; codes take {s} (1 right, 2 left) and {h} (1, 4).

    timed, untimed  procedures that fit it
    cause           an external cause, which never comes first
    """

    diagnoses: tuple[str, ...]
    part: str
    muscle: str
    complaint: tuple[str, ...]
    finding: tuple[str, ...]
    goal: str
    scale: Scale
    timed: tuple[str, ...] = ()
    untimed: tuple[str, ...] = ()
    cause: str = ""


LEFS: Final = Scale(name="LEFS", begins=(22, 34), now=(38, 52), target=62, after="/80")
ODI: Final = Scale(name="ODI", begins=(44, 58), now=(26, 38), target=16, after="%")
NDI: Final = Scale(name="NDI", begins=(38, 52), now=(22, 34), target=14, after="%")
QUICK_DASH: Final = Scale(name="QuickDASH", begins=(52, 66), now=(30, 46), target=18)
BERG: Final = Scale(name="Berg", begins=(32, 38), now=(40, 47), target=52, after="/56")
TUG: Final = Scale(name="TUG", begins=(20, 27), now=(15, 19), target=12, after=" s")
EAT_10: Final = Scale(name="EAT-10", begins=(22, 30), now=(12, 19), target=6)
FCM: Final = Scale(name="FCM", begins=(2, 3), now=(4, 5), target=6)
GRIP: Final = Scale(name="Grip", begins=(14, 22), now=(26, 36), target=48, after=" lb")

KNEE: Final = Condition(
    diagnoses=("M17.1{s}", "M25.56{s}", "R26.89"),
    part="{side} knee",
    muscle="{side} hamstrings",
    complaint=(
        "Stairs one at a time with rail, {side} knee {pain}/10, was {pain0}/10 last week.",
        "Pt reports walking {dist} ft to mailbox before {side} knee aches; {pain}/10 after.",
    ),
    finding=("{side} knee flexion {deg} deg ({deg0} at eval), ext lag 4.", "AROM {side} knee 0-{deg}. Quad MMT 4-/5."),
    goal="up and down 12 stairs step over step",
    scale=LEFS,
    timed=("97110", "97140", "97112", "97530", "97116"),
    untimed=("97016", "G0283"),
)
SHOULDER: Final = Condition(
    diagnoses=("M75.4{s}", "M25.61{s}"),
    part="{side} shoulder",
    muscle="{side} subscapularis",
    complaint=(
        "Reaches the second shelf now, not {reps} days ago. Sleeps {dist} min on {side} side before waking.",
        "Painful arc {side} shoulder {pain}/10 (was {pain0}); fastens the belt without help.",
    ),
    finding=("{side} shoulder flexion {deg}°, ER 38°.", "Flexion {deg} from {deg0}, ER MMT 4-/5 {side}."),
    goal="lift a 5 lb jar to the top shelf",
    scale=QUICK_DASH,
    timed=("97110", "97140", "97112", "97530", "97035"),
    untimed=("G0283",),
)
LOW_BACK: Final = Condition(
    diagnoses=("M54.50", "M62.830"),
    part="lumbar spine",
    muscle="lumbar paraspinals",
    complaint=(
        "Sits {dist} min at work before LBP reaches {pain}/10; at eval 10 min.",
        "LBP {pain}/10 getting out of the car, {pain0}/10 on Monday. No leg sx.",
    ),
    finding=(
        "Lumbar flexion {deg} deg, was {deg0}.",
        "Forward bend fingertips to mid shin; flexion {deg}. SLR neg at 70.",
    ),
    goal="lift 20 lb from the floor five times",
    scale=ODI,
    timed=("97110", "97140", "97530", "97112"),
    untimed=("G0283",),
)
NECK: Final = Condition(
    diagnoses=("M54.2", "M62.838"),
    part="cervical spine",
    muscle="{side} upper trapezius",
    complaint=(
        "Checks the blind spot on the {side} with {pain}/10 pain, {pain0}/10 last visit.",
        "Neck pain {pain}/10 after {dist} min at the computer; HA 2 days this week vs 4.",
    ),
    finding=(
        "Cervical rotation {side} {deg} deg ({deg0}).",
        "Rot {side} {deg}, deep neck flexor hold {sec} s at 24 mmHg.",
    ),
    goal="turn the head 70 degrees to park",
    scale=NDI,
    timed=("97110", "97140", "97112"),
)
HIP: Final = Condition(
    diagnoses=("M16.1{s}", "M25.65{s}"),
    part="{side} hip",
    muscle="{side} iliopsoas",
    complaint=("Puts on {side} sock with a sock aid; groin {pain}/10, {pain0}/10 at start of the week.",),
    finding=("{side} hip flexion {deg} deg, IR 15. Abd MMT 4-/5.",),
    goal="put on socks and shoes without an aid",
    scale=LEFS,
    timed=("97110", "97140", "97116", "97530"),
)
UNSTEADY: Final = Condition(
    diagnoses=("R26.81", "M62.81", "Z91.81"),
    part="both legs",
    muscle="gastrocnemius",
    complaint=(
        "No fall since last visit; one near fall turning at the sink. Walks {dist} ft in the house with a cane.",
    ),
    finding=("5xSTS {sec} s. Tandem stance {reps} s. Hip abd 4-/5 bilat.",),
    goal="carry a plate from stove to table without touching furniture",
    scale=BERG,
    timed=("97112", "97116", "97110", "97530"),
)
PARKINSON: Final = Condition(
    diagnoses=("G20.A1", "R26.89"),
    part="trunk and legs",
    muscle="trunk rotators",
    complaint=("Freezes in the kitchen doorway about {reps} times a day, {sec} a week ago per wife.",),
    finding=("Gait 0.7 m/s. Step length {deg} cm. Retropulsion 2 steps on pull test.",),
    goal="walk 500 ft outdoors without freezing",
    scale=TUG,
    timed=("97116", "97112", "97110", "97530"),
)
STROKE: Final = Condition(
    diagnoses=("I69.35{h}", "R26.89"),
    part="{side} leg",
    muscle="{side} plantarflexors",
    complaint=("Walked {dist} ft to the dining room with the quad cane, son standing by. {side} toe catches less.",),
    finding=("{side} dorsiflexion MMT 3+/5; 10MWT 0.5 m/s. Single limb stance {side} 4 s.",),
    goal="walk 300 ft in the community with a cane",
    scale=BERG,
    timed=("97112", "97116", "97530", "97110"),
)
VERTIGO: Final = Condition(
    diagnoses=("H81.1{s}",),
    part="{side} posterior canal",
    muscle="neck",
    complaint=("Spins {sec} sec when rolling to the {side} in bed, {reps} times since Sunday.",),
    finding=("Dix-Hallpike {side} positive, upbeating torsional nystagmus {sec} s. Dizziness {pain}/10.",),
    goal="roll in bed without dizziness above 1/10",
    scale=Scale(name="DHI", begins=(48, 60), now=(28, 40), target=12),
    untimed=("95992",),
)
NEW_KNEE: Final = Condition(
    diagnoses=("Z47.1", "Z96.65{s}", "M25.66{s}"),
    part="{side} knee",
    muscle="{side} quadriceps",
    complaint=("Off the walker indoors since Tuesday. {side} knee {pain}/10, {pain0}/10 at night.",),
    finding=("PROM {side} knee 3-{deg} deg (was {deg0}); girth 42 cm.",),
    goal="walk 1000 ft without a device",
    scale=LEFS,
    timed=("97110", "97140", "97116", "97530"),
    untimed=("97016",),
)
ACL: Final = Condition(
    diagnoses=("S83.51{s}D", "M25.66{s}", "M62.81"),
    part="{side} knee",
    muscle="{side} hamstrings",
    complaint=("Post ACLR. Drove 20 min w/o brace; {side} knee {pain}/10 after, {pain0}/10 last week.",),
    finding=("Flexion {deg}, ext 0; quad lag none. Y balance ant reach {deg0} cm {side}.",),
    goal="single leg squat to 60 degrees for ten repetitions",
    scale=LEFS,
    timed=("97110", "97112", "97140", "97530", "97116"),
    untimed=("97016",),
)
CUFF: Final = Condition(
    diagnoses=("S46.01{s}D", "M25.61{s}"),
    part="{side} shoulder",
    muscle="{side} infraspinatus",
    complaint=("After cuff repair, sling off. Combs hair with {side} arm, pain {pain}/10 from {pain0}/10.",),
    finding=("{side} PROM flexion {deg} deg (was {deg0}), ER 40 at side.",),
    goal="place a 3 lb box on a shelf at eye level",
    scale=QUICK_DASH,
    timed=("97110", "97140", "97530", "97112"),
)
ANKLE: Final = Condition(
    diagnoses=("S82.6{s}XD", "M25.67{s}"),
    part="{side} ankle",
    muscle="{side} soleus",
    complaint=("Boot off. Stands {dist} min to cook before the {side} ankle throbs {pain}/10.",),
    finding=("{side} DF {reps} deg, PF {deg}; figure-of-eight 52.4 cm.",),
    goal="walk down a ramp and 12 stairs without a rail",
    scale=LEFS,
    timed=("97110", "97140", "97116", "97112"),
    untimed=("97016",),
)
SPINE_SURGERY: Final = Condition(
    diagnoses=("Z47.89", "M54.16", "M62.81"),
    part="lumbar spine",
    muscle="{side} piriformis",
    complaint=("After L4-5 discectomy. Sits {dist} min; {side} calf tingling gone, back {pain}/10.",),
    finding=("SLR {side} {deg} deg, flexion limited per protocol. Plank {sec} s.",),
    goal="sit 60 minutes and lift 15 lb",
    scale=ODI,
    timed=("97110", "97530", "97140"),
)
WRIST: Final = Condition(
    diagnoses=("S52.53{s}D", "M25.63{s}"),
    part="{side} wrist",
    muscle="{side} wrist flexors",
    complaint=("Cast off. Turns the doorknob, cannot wring a cloth; {side} wrist {pain}/10, {pain0}/10 last wk.",),
    finding=("Wrist ext {deg}, flex 44, sup 70.", "{side} ext {deg} deg from {deg0} deg; distal palmar crease 1 cm."),
    goal="wring a dishcloth and carry a 10 lb bag",
    scale=GRIP,
    timed=("97110", "97140", "97530", "97535"),
    untimed=("97018",),
)
THUMB: Final = Condition(
    diagnoses=("M18.1{s}", "M79.64{s}"),
    part="{side} thumb",
    muscle="{side} adductor pollicis",
    complaint=("Opens the pill bottle with the adapted lid; {side} thumb {pain}/10 at the end of the day.",),
    finding=("Lateral pinch {side} {reps} lb, palmar abduction {deg} deg.",),
    goal="open a new jar with joint protection",
    scale=QUICK_DASH,
    timed=("97530", "97535", "97110", "97140"),
    untimed=("97018",),
)
CARPAL: Final = Condition(
    diagnoses=("G56.0{s}", "M25.64{s}"),
    part="{side} hand",
    muscle="{side} finger flexors",
    complaint=("After CTR. Buttons a shirt in 4 min; scar {pain}/10 to touch, was {pain0}/10.",),
    finding=("Composite fist to 1.5 cm; thenar 3.61 monofilament. Wrist ext {deg}.",),
    goal="type 20 minutes and button a shirt in 2 minutes",
    scale=GRIP,
    timed=("97110", "97140", "97530", "97035"),
)
STROKE_ARM: Final = Condition(
    diagnoses=("I69.35{h}",),
    part="{side} arm",
    muscle="{side} pectoralis",
    complaint=("Pulled on a T-shirt in {reps} min, {side} arm first. Wife helped with one sleeve.",),
    finding=("Box and blocks {side} {reps}; shoulder flexion {deg} deg. Fugl-Meyer UE {score}/66.",),
    goal="dress the upper body alone in four minutes",
    scale=Scale(name="Fugl-Meyer", begins=(24, 30), now=(33, 42), target=50, after="/66"),
    timed=("97530", "97535", "97112"),
)
SWALLOW_STROKE: Final = Condition(
    diagnoses=("I69.391", "R13.12"),
    part="oropharynx",
    muscle="suprahyoids",
    complaint=("Coughed {pain} times at lunch on thin liquids, {pain0} last week. Eats minced and moist.",),
    finding=("{reps}/15 trials IDDSI 2 without signs of aspiration.",),
    goal="thin liquids by cup with no more than one cough in twenty sips",
    scale=EAT_10,
    untimed=("92526",),
)
SWALLOW_PARKINSON: Final = replace(
    SWALLOW_STROKE,
    diagnoses=("G20.A1", "R13.13"),
    complaint=("Pills in purée go down; meal takes {dist} min, wife says {pain} throat clears.",),
    finding=("MASA {deg0}; peak cough flow 210. Laryngeal elevation delayed 2 s on {reps} of 15.",),
)
APHASIA: Final = Condition(
    diagnoses=("I69.320",),
    part="language",
    muscle="",
    complaint=("Ordered coffee by himself; family counts {reps} words a phrase now.",),
    finding=("Confrontation naming {reps}/20. Yes/no {deg}% accurate.",),
    goal="tell three personal facts in sentences of five words",
    scale=FCM,
    untimed=("92507",),
)
COGNITION_STROKE: Final = Condition(
    diagnoses=("I69.311",),
    part="memory",
    muscle="",
    complaint=("Took pills on time {pain} of 7 days with the phone alarm, daughter confirms.",),
    finding=("Recall after 5 min {pain}/10 items. MoCA {reps}/30.",),
    goal="recall four of five appointments with a planner",
    scale=FCM,
    untimed=COGNITION,
)
COGNITION_INJURY: Final = replace(COGNITION_STROKE, diagnoses=("R41.841", "S06.0X0S"))
TODDLER: Final = Condition(
    diagnoses=("G80.1", "M24.57{s}"),
    part="{side} leg",
    muscle="{side} gastrocnemius",
    complaint=("Mother: pulls to stand at the couch {reps} times a morning, new this week.",),
    finding=("Cruises {pain} steps to the {side}; {side} DF {reps} deg knee straight.",),
    goal="walk ten steps between two adults",
    scale=Scale(name="GMFM-66", begins=(34, 40), now=(43, 50), target=55),
    timed=("97112", "97530"),
)
CLUMSY: Final = Condition(
    diagnoses=("F82",),
    part="both hands",
    muscle="",
    complaint=("Teacher: finished a worksheet in {dist} min; mother: zips own coat {pain} of 7 days.",),
    finding=("Scissors on a line within 5 mm, {reps}/20 snips. Grip {reps} lb.",),
    goal="write the first name legibly in one minute",
    scale=Scale(name="BOT-2 fine", begins=(18, 24), now=(27, 34), target=40),
    timed=("97530", "97533", "97112"),
)
CHILD_SPEECH: Final = Condition(
    diagnoses=("F80.2",),
    part="language",
    muscle="",
    complaint=("Father heard {reps} new two-word phrases at dinner this week.",),
    finding=("Follows two-step directions {reps}/20 with one repetition; intelligible {deg}% to a stranger.",),
    goal="follow two-step directions in 18 of 20 trials",
    scale=FCM,
    untimed=("92507",),
)
BACK_STRAIN: Final = replace(LOW_BACK, diagnoses=("S39.012D", "M62.830"), cause="X50.0XXD")
NECK_SPRAIN: Final = replace(NECK, diagnoses=("S13.4XXD", "M62.838"), cause="V43.52XD")
ANKLE_SPRAIN: Final = replace(ANKLE, diagnoses=("S93.40{s}D", "M25.67{s}"), cause="W18.40XD", untimed=("97016",))
SHOULDER_STRAIN: Final = replace(SHOULDER, diagnoses=("S46.81{s}D", "M25.51{s}"), untimed=())
PROGRAMME: Final = replace(
    PARKINSON,
    complaint=("Walks to the mailbox daily with the pole, {reps} of the last 14 days. No fall in 3 months.",),
    goal="keep TUG at or under 17 s and walk 400 ft daily",
    scale=Scale(name="TUG", begins=(15, 17), now=(15, 17), target=17, after=" s"),
)

TECHNIQUES: Final[Mapping[str, tuple[str, ...]]] = {
    "97110": (
        "Therex {part}: {sets} x {reps} at {load} lb, tempo corrected on set 2.",
        "Resisted exercise {part} {sets}x{reps}, load raised to {load} lb, RPE 5/10.",
        "Closed chain work {sets} sets of {reps}; cue for alignment every third rep.",
    ),
    "97112": (
        "NMR: tandem stance {sec} s on foam, tactile cue at pelvis.",
        "Postural re-education at the wall, held {sec} s x {reps}; pressure feedback 24 mmHg.",
        "Rhythmic stabilization {part} {sets} x {sec} s; PNF pattern with hold-relax at end range.",
    ),
    "97116": (
        "Gait {dist} ft, cues for heel strike and arm swing.",
        "Gait training {dist} feet incl. turns and a 4 in curb.",
    ),
    "97124": (
        "Petrissage and cross-fibre work to {muscle}; tender points from {pain0}/10 to {pain}/10.",
        "Massage {muscle}: spasm released, muscle relaxation palpable, rotation {deg0} to {deg} after.",
        "Effleurage, then stripping of {muscle}; ROM {deg} after, {deg0} before.",
    ),
    "97140": (
        "Contract-relax {muscle} 5 x 10 sec, range {deg0} to {deg}.",
        "Hold-relax {muscle} x {sets}; joint glides {part} grade III.",
        "Post-isometric muscle relaxation {muscle}, then Gr IV mobs {part}: {deg} deg after.",
        "STM {muscle} and mobilization {part} Gr III-IV, pain {pain0} to {pain}.",
    ),
    "97150": ("Balance group of 3: station work, each corrected in turn; this pt tandem walk {reps} steps, 1 LOB.",),
    "97530": (
        "Sit to stand x{reps} from an 18 in chair, arms crossed after the cue.",
        "Functional reach and carry {load} lb x {reps}, body mechanics corrected twice.",
        "Graded task practice {sets} x {reps}, steps 2 and 3 without cue.",
    ),
    "97533": ("Linear swing then obstacle course, regulated for {sec} s between tasks; tolerated {reps} textures.",),
    "97535": (
        "One-handed dressing trained; 3 of 4 steps without cue, teach-back correct.",
        "Kitchen task with energy conservation, {reps} min standing; teach-back 4/5 steps.",
    ),
    "97035": ("US 3 MHz 0.8 W/cm2 50% to {part}, less pain on motion {pain}/10.",),
    "97016": ("Vasopneumatic compression {part} 15 min 34F; girth 42.1 to 41.4.",),
    "97018": ("Paraffin {part}, 6 dips, 12 min; skin checked before and after.",),
    "G0283": ("IFC 80-150 Hz {part} 15 min, {pain0}/10 to {pain}/10; skin clear.",),
    "95992": ("Epley {side}: nystagmus {sec} s in position 1, none on repeat testing.",),
    "92507": ("Semantic feature analysis and cued phrases: {reps} of 20 without cue.",),
    "92526": ("Effortful swallow and chin tuck, {reps} of 15 correct; 1 throat clear.",),
    "97129": ("Spaced retrieval to {sec} s with errorless learning, {reps}/20.",),
    "97130": ("Planner use trained: 3 entries, 1 cue each.",),
    "97161": ("Eval low complexity: no comorbidity bearing on the plan; 2 elements examined, stable.",),
    "97162": (
        "Eval moderate complexity: diabetes and age bear on the plan; 3 elements examined; evolving presentation.",
    ),
    "97163": ("Eval high complexity: 3 personal factors, 4 elements examined; unstable presentation, vitals watched.",),
    "97164": ("Re-eval after the fall of last week: strength, range and gait tested again, plan changed.",),
    "97165": ("OT eval low: brief history, 2 performance deficits.",),
    "97166": ("OT eval moderate: expanded history, 4 performance deficits, minor modification of tasks.",),
    "97167": ("OT eval high: extensive history, 6 performance deficits, significant modification.",),
    "97168": ("Re-eval after the new injection: performance tested again, 2 goals replaced.",),
    "92522": ("Sound production: GFTA-3 standard score {deg}.",),
    "92523": ("Sound production and language: GFTA-3 and CELF-P3, core language {deg}.",),
    "92610": ("Clinical swallow evaluation: oral mech exam, IDDSI 0-7 trials, 3 oz water test failed at {sec} s.",),
    "98940": ("CMT diversified: {regions}. Tender {pain}/10, fixation at C5 or as marked, tone up; asymmetry right.",),
    "98941": ("CMT: {regions}. Segmental fixation, rotation {deg}, paraspinal hypertonicity, tenderness {pain}/10.",),
    "98942": ("CMT full spine ({regions}). P {pain}/10, asymmetry of pelvis 6 mm, ROM {deg} deg, tone raised.",),
    "99203": (
        "New pt exam apart from treatment: history, neuro and ortho tests, 3 view films read, plan made. 34 min.",
    ),
    "99213": ("Separate exam of the new problem after Friday's fall: Spurling neg, drop arm neg, films not needed.",),
}
"""What a clinician writes of a procedure."""

REMOTE_TECHNIQUES: Final[Mapping[str, str]] = {
    "97110": "Therex {sets} x {reps} at {load} lb with own dumbbell, form corrected by demonstration.",
    "97112": "Tandem stance {sec} s at the counter, daughter guarding; verbal cues for sway.",
    "97530": "Sit to stand x{reps} from the kitchen chair, {sec} s; laundry basket {load} lb, hinge cued.",
    "97535": "Dressing at bedside: 3 of 4 steps without cue; teach-back correct.",
    "92507": "Shared screen naming {reps} of 20, phonemic cue on the rest.",
    "97129": "Recall {reps}/20 with spaced retrieval on the shared screen.",
    "97130": "Planner entries 3 with 1 cue each.",
}
"""The same by video."""

CHILD_TECHNIQUES: Final[Mapping[str, str]] = {
    "97112": "Reaching on the bench with {part} loaded, facilitation at the pelvis, {sec} s x {reps}.",
    "97530": "Floor to stand at the couch x {reps}, toys placed to lead the weight shift; {sets} of them unassisted.",
    "97533": "Linear swing, then obstacle course, regulated for {sec} s between tasks; {reps} textures touched.",
    "92507": "Modelled two-step directions in play: {reps} of 20 without a gesture.",
}
"""The same with a child."""

HANDS_ON_ASSESSMENTS: Final = (
    "Compensates above {load} lb; graded the load and cued, form correct after rep {sets}. Pain {pain0} to {pain}.",
    "Tolerated progression well: {sets} more sets than last visit, {pain}/10 after. Needs skilled cueing for {part}.",
    "Responded to facilitation: {scale_now} from {scale_then} at eval. Deficit still limits: {goal}.",
    "Skilled assessment of response each set; resistance progressed when quality held for {reps} reps. {scale_now}.",
)
ASSESSMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "PT": HANDS_ON_ASSESSMENTS,
    "OT": HANDS_ON_ASSESSMENTS,
    "SLP": (
        "Cues faded from full model to first sound, none for {sets} trials. {scale_now} from {scale_then}.",
        "Response to strategy judged trial by trial; texture or task raised after 8 of 10. Still short of: {goal}.",
    ),
    "DC": (
        "Segments freed by adjustment, ROM {deg0} to {deg} deg; pain {pain0} to {pain}. Improving with care.",
        "Active treatment of the subluxations listed; {scale_now}, {scale_then} at first visit. {goal} not yet met.",
    ),
    "LMT": (
        "Spasm of {muscle} limits motion; graded pressure to tolerance, range {deg0} to {deg}, pain {pain0} to {pain}.",
        "Tissue adheres less over {part}; {scale_now} from {scale_then}. Chose slower strokes when guarding rose.",
    ),
}
PLANS: Final = (
    "Progress next visit. Goal: {goal} by {by}.",
    "Cont 2x/wk for {sets} wks. LTG {goal}, {scale_target} by {by}.",
    "Next: raise difficulty as pain or errors allow. G1 {goal} ({scale_target}) in 4 weeks.",
)


# ---------------------------------------------------------------- one visit under way


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The chance, the numbers and the day of one visit."""

    chance: Random
    seed: int
    index: int
    day: date

    def number(self, role: str) -> int:
        """Give a number of eight digits that no other role of any visit of this seed has."""
        place = self.index * len(ROLES) + ROLES.index(role)
        return (self.seed % 9973 * 1_000_003 + place * SPREAD) % NUMBERS

    def name(self, role: str) -> tuple[str, str]:
        """Give a first and last name; patients' names do not come again for as long as there are others."""
        pairs = len(FIRST_NAMES) * len(LAST_NAMES)
        place = (self.seed * 131 + self.index * 1009 + ROLES.index(role) * 997) % pairs
        last, first = divmod(place, len(FIRST_NAMES))
        return FIRST_NAMES[first], LAST_NAMES[last]

    def often(self, share: float) -> bool:
        """Tell by chance, true in this share of cases."""
        return self.chance.random() < share

    def days_ago(self, fewest: int, most: int) -> date:
        """Give a day before the visit."""
        return self.day - timedelta(days=self.chance.randint(fewest, most))


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One service as it will stand in the document."""

    code: str
    minutes: int | None = None
    modifiers: tuple[str, ...] = ()
    units: int | None = None
    assistant_minutes: int | None = None
    treated_by: str | None = None
    regions: tuple[str, ...] = ()
    pointers: tuple[int, ...] = ()
    start: str | None = None
    stop: str | None = None

    def document(self) -> Document:
        """Give what was given."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        given = {name: value for name, value in fields.items() if value is not None and value != ()}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a family decides; the rest of the visit follows.

    facts      what goes into the document as it is
    note       sections that the family writes itself
    ages       of the patient, fewest and most years
    signer     "clinician" or "assistant"
    """

    discipline: str
    payer: Document
    condition: Condition
    works: tuple[Work, ...]
    facts: Document
    note: Document
    ages: tuple[int, int] = (66, 91)
    state: str = "IL"
    side: str = "right"
    signer: str = "clinician"


MINUTES_SEEN: Final = (8, 9, 10, 11, 12, 13, 14, 15, 15, 16, 17, 18, 19, 20, 22, 23, 24, 25, 26, 28, 30, 31, 33, 38)
UNITS_MOST: Final = 4
TIMED_MOST: Final = 75


def _timed_minutes(case: Case, codes: Sequence[str], rule: str) -> dict[str, int]:
    """Draw minutes that come to a unit or more, to no more than the payers expect of a code, and to no tie."""
    while True:
        minutes = {code: case.chance.choice(MINUTES_SEEN) for code in codes}
        if case.often(0.1):
            minutes[codes[-1]] = 7
        if sum(minutes.values()) > TIMED_MOST:
            continue
        try:
            units = units_by(rule, minutes)
        except ValueError:
            continue
        if any(units.values()) and max(units.values()) <= UNITS_MOST and units.get("97035", 0) <= 1:
            return minutes


def _typed(works: Sequence[Work], rule: str) -> tuple[Work, ...]:
    """Write the units onto the services; each code is one service. What comes to no unit is left as it is."""
    units = units_by(rule, _sums(works))
    return tuple(replace(work, units=units.get(work.code, 1) or None) for work in works)


def _tied_pair(case: Case, codes: Sequence[str]) -> tuple[Work, ...]:
    """Give two codes of equal minutes of which the clinician chose the one that gets the last unit: units are typed."""
    equal = case.chance.choice((19, 20, 21, 22))
    return Work(code=codes[0], minutes=equal, units=2), Work(code=codes[1], minutes=equal, units=1)


def _sums(works: Sequence[Work]) -> dict[str, int]:
    """Add the minutes of each timed code."""
    sums: dict[str, int] = {}
    for work in works:
        if work.code in TIMED:
            sums[work.code] = sums.get(work.code, 0) + (work.minutes or 0)
    return sums


def _in_blocks(case: Case, works: Sequence[Work]) -> tuple[Work, ...]:
    """Give the longest code in two blocks, the second after everything else."""
    longest = max(works, key=lambda work: work.minutes or 0)
    if len(works) == 1 or longest.minutes is None or longest.minutes <= QUARTER:
        return tuple(works)
    first = case.chance.randint(6, longest.minutes - 6)
    blocks = replace(longest, minutes=first), replace(longest, minutes=longest.minutes - first)
    return (*(blocks[0] if work is longest else work for work in works), blocks[1])


def _on_the_clock(case: Case, works: Sequence[Work], gap: int = 0) -> tuple[Work, ...]:
    """Give each service with minutes its start and stop, one after the other."""
    now = datetime.combine(case.day, time(case.chance.randint(8, 15), case.chance.choice((0, 15, 30, 45))))
    placed = []
    for work in works:
        if work.minutes is None:
            placed.append(work)
            continue
        stop = now + timedelta(minutes=work.minutes)
        placed.append(replace(work, start=f"{now:%H:%M}", stop=f"{stop:%H:%M}"))
        now = stop + timedelta(minutes=gap)
    return tuple(placed)


def _treatment(case: Case, condition: Condition, rule: str, codes: int = 3) -> tuple[Work, ...]:
    """Give one to `codes` timed codes of the condition, and sometimes an untimed one, as systems export them."""
    if not condition.timed:
        return _untimed(case, condition)
    some = case.chance.sample(condition.timed, case.chance.randint(1, min(codes, len(condition.timed))))
    if rule == "cms" and case.often(0.06):
        return _tied_pair(case, case.chance.sample(condition.timed, 2))
    minutes = _timed_minutes(case, some, rule)
    works: tuple[Work, ...] = tuple(Work(code=code, minutes=given) for code, given in minutes.items())
    form = case.chance.choice(("plain", "plain", "typed", "blocks", "clock"))
    if form == "typed":
        works = _typed(works, rule)
    if form == "blocks":
        works = _in_blocks(case, works)
    beside = _beside(condition, some)
    if beside and case.often(0.3):
        works = (*works, Work(code=case.chance.choice(beside), minutes=QUARTER if case.often(0.5) else None))
    return _on_the_clock(case, works) if form in ("blocks", "clock") else works


def _beside(condition: Condition, codes: Sequence[str]) -> list[str]:
    """Give the untimed codes that may stand beside these: an edit pairs paraffin with manual therapy."""
    return [code for code in condition.untimed if code != "97018" or "97140" not in codes]


def _untimed(case: Case, condition: Condition) -> tuple[Work, ...]:
    """Give the condition's untimed treatment."""
    if condition.untimed == COGNITION:
        return _cognition(case)
    return (Work(code=condition.untimed[0], minutes=case.chance.choice((None, 30, 38, 45))),)


def _cognition(case: Case) -> tuple[Work, ...]:
    """Give the first quarter hour of cognitive training, and mostly further ones."""
    more = case.chance.choice((0, 8, 10, 15, 21, 23, 30))
    if not more:
        return (Work(code="97129", minutes=case.chance.randint(12, 20)),)
    return _on_the_clock(case, (Work(code="97129", minutes=QUARTER), Work(code="97130", minutes=more)))


# ---------------------------------------------------------------- what the claim should say


def _units(work: Work, counted: Minutes) -> int:
    """Give a service's units: as typed, as counted for its code, by the midpoint, or one."""
    if work.units is not None:
        return work.units
    if work.code == "97130":
        return midpoint_units({work.code: work.minutes or 0})[work.code]
    return counted.get(work.code, 1)


def _line_modifiers(work: Work, draft: Draft) -> tuple[str, ...]:
    """Give the typed modifiers, and the discipline's where the payer wants it."""
    typed = tuple(modifier for modifier in work.modifiers if modifier not in DISCIPLINE_MODIFIERS.values())
    own = DISCIPLINE_MODIFIERS.get(draft.discipline)
    asked = draft.discipline != "DC" or "DC" in draft.payer.get("discipline_modifier_from", ())
    if own is None or work.code in NOT_THERAPY or not asked or not draft.payer.get("wants_discipline_modifier"):
        return typed
    return (*typed, own)


def _lines(draft: Draft) -> tuple[Line, ...]:
    """Give the claim's lines. Blocks of a code are one line; a code that comes to no unit is not billed."""
    sums = _sums(draft.works)
    typed = any(work.units is not None for work in draft.works)
    counted = {} if typed else units_by(draft.payer["unit_rule"], sums)
    lines: dict[tuple[str, frozenset[str]], Line] = {}
    for work in draft.works:
        modifiers = _line_modifiers(work, draft)
        key = work.code, frozenset(modifiers)
        unbilled = typed and work.code in TIMED and work.units is None
        units = 0 if unbilled else _units(work, counted)
        before = lines[key].units if key in lines and work.units is not None else 0
        if units:
            lines[key] = Line(code=work.code, units=before + units, modifiers=modifiers)
    return tuple(lines.values())


# ---------------------------------------------------------------- the note


def _figures(case: Case, draft: Draft) -> dict[str, str]:
    """Draw the figures that a note tells, the same in all its sections."""
    chance = case.chance
    pain, degrees = chance.randint(2, 5), chance.randint(52, 118)
    scale = draft.condition.scale
    begins, now = chance.randint(*scale.begins), chance.randint(*scale.now)
    by = case.day + timedelta(days=chance.randint(21, 50))
    figures = {
        "side": draft.side, "pain": str(pain), "pain0": str(pain + chance.randint(1, 3)), "deg": str(degrees),
        "deg0": str(degrees - chance.randint(5, 14)), "reps": str(chance.randint(8, 14)),
        "sets": str(chance.randint(2, 4)), "load": str(chance.choice((3, 5, 8, 10, 12))),
        "sec": str(chance.randint(11, 40)), "dist": str(chance.choice((30, 40, 45, 120, 150))),
        "score": str(now), "begins": str(begins),
        "by": chance.choice((f"{by:%m/%d/%Y}", f"{by:%Y-%m-%d}")), "by_date": by.isoformat(),
        "scale_now": f"{scale.name} {now}{scale.after}", "scale_then": f"{begins}{scale.after}",
        "scale_target": f"{scale.name} {scale.target}{scale.after}", "goal": draft.condition.goal,
        "regions": ", ".join(draft.works[0].regions),
    }  # fmt: skip
    own = {"part": draft.condition.part.format_map(figures), "muscle": draft.condition.muscle.format_map(figures)}
    return figures | own


def _sections(case: Case, draft: Draft, figures: Mapping[str, str]) -> Document:
    """Write the four sections."""
    chance, condition = case.chance, draft.condition
    done = [chance.choice(TECHNIQUES[code]) for code in dict.fromkeys(work.code for work in draft.works)]
    sections = {
        "subjective": chance.choice(condition.complaint),
        "objective": " ".join((chance.choice(condition.finding), "{scale_now}.", *done)),
        "assessment": chance.choice(ASSESSMENTS[draft.discipline]),
        "plan": chance.choice(PLANS),
    } | draft.note
    return {name: text.format_map(figures) for name, text in sections.items()}


def _signed(case: Case, person: Document, role: str) -> Document:
    """Sign as people do: on the evening of the visit, or a day or two later."""
    spelling = case.chance.choice(
        (
            "{first_name} {last_name}",
            "{first_name} {last_name}, {credential}",
            "{first_name} {last_name} {credential}",
            "{last_name}, {first_name}",
        )
    )
    at = case.day + timedelta(days=case.chance.choice((0, 0, 0, 1, 2)))
    clock = f"{case.chance.randint(18, 20)}:{case.chance.randint(0, 59):02d}"
    signed = {f"{role}_by": spelling.format_map(person), f"{role}_credential": person["credential"]}
    return {**signed, f"{role}_at": f"{at.isoformat()}T{clock}"}


def _minutes_told(works: Sequence[Work]) -> Document:
    """Total the timed and the whole minutes, 15 for an untimed service without minutes."""
    timed = sum(work.minutes or 0 for work in works if work.code in TIMED or work.code in COGNITION)
    rest = sum(work.minutes or 15 for work in works if work.code not in TIMED and work.code not in COGNITION)
    return {"timed_minutes": timed, "total_minutes": timed + rest}


def _note(case: Case, draft: Draft, figures: Mapping[str, str], people: Mapping[str, Document]) -> Document:
    """Give the signed note."""
    note = _sections(case, draft, figures) | _signed(case, people[draft.signer], "signed")
    if draft.signer == "assistant" and case.often(0.6):
        note |= _signed(case, people["clinician"], "cosigned")
    return note | _minutes_told(draft.works)


# ---------------------------------------------------------------- people of the visit


def _address(case: Case, state: str) -> Document:
    """Give an address in the state."""
    city, zip_code = case.chance.choice(CITIES[state])
    line1 = f"{case.chance.randint(2, 990)} {case.chance.choice(STREETS)}"
    return {"line1": line1, "city": city, "state": state, "zip_code": zip_code}


def _person(case: Case, role: str, ages: tuple[int, int], state: str) -> Document:
    """Give a patient or a subscriber."""
    first, last = case.name(role)
    born = case.days_ago(ages[0] * 366, ages[1] * 365 + 300)
    person = {"last_name": last, "first_name": first, "birth_date": born.isoformat(), "sex": case.chance.choice("FM")}
    if case.often(0.25):
        person["middle_name"] = case.chance.choice("ABDEHJLMRT")
    return {**person, "address": _address(case, state)}


def _staff_member(case: Case, role: str, kind: str, draft: Draft) -> Document:
    """Give one of the practice's people, licensed, and enrolled where assistants cannot be."""
    first, last = case.name(role)
    licence = {"state": draft.state, "kind": kind, "starts": date(2019, 7, 1), "ends": date(2027, 8, 31)}
    member = {
        "last_name": last,
        "first_name": first,
        "npi": npi_of(case.number(role)),
        "credential": case.chance.choice(CREDENTIALS[kind]),
        "taxonomy": TAXONOMIES[kind],
        "licence": [licence],
    }
    enrolled = [{"payer": draft.payer["id"], "starts": date(2021, 3, 1)}]
    return member if role == "assistant" else {**member, "enrolled": enrolled}


def _people(case: Case, draft: Draft) -> dict[str, Document]:
    """Give the clinician, and the assistant if one took part."""
    people = {"clinician": _staff_member(case, "clinician", draft.discipline, draft)}
    if draft.signer == "assistant" or any(
        work.treated_by == "assistant" or work.assistant_minutes for work in draft.works
    ):
        people["assistant"] = _staff_member(case, "assistant", ASSISTANTS[draft.discipline], draft)
    return people


def _referrer(case: Case) -> Document:
    """Give the physician or practitioner who referred and certifies."""
    first, last = case.name("referrer")
    number = case.number("referrer")
    return {
        "npi": npi_of(number),
        "last_name": last,
        "first_name": first,
        "credential": CERTIFIERS[number % len(CERTIFIERS)],
    }


def _coverage(case: Case, draft: Draft) -> Document:
    """Give the cover: the patient's own, a parent's, the employer's or the policyholder's."""
    payer, number = draft.payer, case.number("patient")
    cover: Document = {"payer_id": payer["id"], "payer_name": payer["name"], "relationship": "self"}
    if payer["program"] == "medicare":
        return {**cover, "member_id": medicare_id(case.chance)}
    if payer["program"] in ("workers_compensation", "auto"):
        return _injury_coverage(case, draft, cover)
    shapes = {"medicaid": f"{number:09d}", "tricare": f"{number:011d}", "va": f"10{number:08d}V4"}
    cover["member_id"] = shapes.get(payer["program"], f"{payer['id'][:3]}{number:08d}")
    if payer["program"] == "commercial":
        cover["group_number"] = f"G{case.chance.randint(1000, 9999)}"
        if draft.ages[1] < 18:
            parent = _person(case, "subscriber", (28, 44), draft.state)
            return {**cover, "relationship": "child", "subscriber": parent}
    return cover


def _injury_coverage(case: Case, draft: Draft, cover: Document) -> Document:
    """Give the cover of an injury, with the insurer's claim number."""
    number = case.number("patient")
    cover = {**cover, "member_id": f"{number:09d}", "claim_number": f"{draft.payer['id'][:2]}-{number:08d}"}
    if draft.payer["program"] == "workers_compensation":
        employer = {
            "organization": f"{case.name('subscriber')[1]} Timber Company",
            "address": _address(case, draft.state),
        }
        return {**cover, "relationship": "employee", "subscriber": employer}
    if case.often(0.3):
        return {**cover, "relationship": "spouse", "subscriber": _person(case, "subscriber", (24, 70), draft.state)}
    return cover


# ---------------------------------------------------------------- plan, certification, order, progress, authorization


def _dated(**days: date | None) -> Document:
    """Write days as the document has them."""
    return {name: day.isoformat() if day else None for name, day in days.items()}


def _certified_plan(case: Case) -> Document:
    """Give a plan that was certified in its first thirty days."""
    begun = case.days_ago(3, 75)
    certified = begun + timedelta(days=case.chance.randint(1, min(28, (case.day - begun).days)))
    until = begun + timedelta(days=CERTIFIED_DAYS - case.chance.choice((1, 1, 7, 12)))
    dates = _dated(established=begun, first_treatment=begun, certified_on=certified, certified_until=until)
    return {**dates, "certified_by": _referrer(case)["credential"]}


def _late_plan(case: Case) -> Document:
    """Give a plan that was certified late, with the reason."""
    begun = case.days_ago(52, 80)
    certified = begun + timedelta(days=case.chance.randint(36, 48))
    until = begun + timedelta(days=CERTIFIED_DAYS - 1)
    dates = _dated(established=begun, first_treatment=begun, certified_on=certified, certified_until=until)
    reason = "Physician on leave; plan faxed three times, signed on return, log kept in the chart."
    return {**dates, "certified_by": _referrer(case)["credential"], "delay_reason": reason}


def _recertified_plan(case: Case) -> Document:
    """Give a plan certified anew, told by its new date: as the certification's alone, or as the plan's as well."""
    renewed = case.days_ago(2, 60)
    until = renewed + timedelta(days=CERTIFIED_DAYS - 1)
    begun = renewed if case.often(0.5) else renewed - timedelta(days=case.chance.randint(70, 89))
    dates = _dated(established=begun, first_treatment=begun, certified_on=renewed, certified_until=until)
    return {**dates, "certified_by": _referrer(case)["credential"]}


def _excepted_plan(case: Case) -> Document:
    """Give a plan that nobody signed, but that was sent on a signed order (the exception of 2025)."""
    begun = case.days_ago(2, 80)
    sent = begun + timedelta(days=case.chance.randint(0, min(25, (case.day - begun).days)))
    return _dated(established=begun, first_treatment=begun, certified_on=None, sent_to_referrer_on=sent)


def _young_plan(case: Case) -> Document:
    """Give a plan that is still to be certified, within thirty days."""
    begun = case.days_ago(0, FIRST_DAYS - 2)
    return _dated(established=begun, first_treatment=begun, certified_on=None)


def _new_plan(case: Case) -> Document:
    """Give the plan of an evaluation's day."""
    return _dated(established=case.day, first_treatment=case.day) | ({"certified_on": None} if case.often(0.5) else {})


PLANS_OF_CARE: Final[tuple[Callable[[Case], Document], ...]] = (
    _certified_plan, _certified_plan, _certified_plan, _late_plan, _recertified_plan, _excepted_plan, _excepted_plan,
    _young_plan,
)  # fmt: skip


def _order(case: Case, discipline: str, before: str) -> Document:
    """Give the signed order, of a day before the plan began."""
    dated = date.fromisoformat(before) - timedelta(days=case.chance.randint(0, 12))
    order = {"dated": dated.isoformat(), "signed": True, "ordered_by_npi": npi_of(case.number("referrer"))}
    return {**order, "discipline": discipline}


def _progress(case: Case, discipline: str, since: str) -> Document:
    """Give the last progress report, ten treatment days ago at most, never before the plan."""
    room = (case.day - date.fromisoformat(since)).days
    count = case.chance.randint(1, min(10, room // 2 + 1))
    back = min(room, (count - 1) * case.chance.randint(2, 3) + case.chance.randint(0, 2))
    last = case.day - timedelta(days=back)
    progress = {"last_report": last.isoformat(), "written_by": case.chance.choice(CREDENTIALS[discipline])}
    return progress if case.often(0.1) else {**progress, "treatment_days_since": count}


def _plan_facts(
    case: Case, discipline: str, made: Callable[[Case], Document] | None = None, *, reported: date | None = None
) -> Document:
    """Give plan, referrer, order where it is wanted, and progress."""
    maker = made or case.chance.choice(PLANS_OF_CARE)
    plan = maker(case)
    facts: Document = {"plan_of_care": plan, "referring": _referrer(case)}
    if maker is _excepted_plan or case.often(0.4):
        facts["order"] = _order(case, discipline, plan["established"])
    facts["progress"] = _progress(case, discipline, plan["established"])
    if reported:
        facts["progress"] |= {"last_report": reported.isoformat(), "treatment_days_since": 1}
    return facts


def _authorization(case: Case, works: Sequence[Work]) -> Document:
    """Give an authorization with visits left, sometimes by codes or with units."""
    approved = case.chance.choice((6, 8, 10, 12, 16, 24))
    used = case.chance.randint(0, approved - (1 if case.often(0.1) else 4))
    starts, ends = case.days_ago(0, 40), case.day + timedelta(days=case.chance.randint(20, 80))
    number = f"A{case.number('patient') % 10_000_000:07d}"
    held = {"number": number, **_dated(starts=starts, ends=ends), "visits_approved": approved, "visits_used": used}
    if case.often(0.4):
        held["codes"] = sorted({work.code for work in works} | {"97535", "97750"})
    if case.often(0.2):
        held |= {"units_approved": approved * 4, "units_used": max(0, used * 4 - case.chance.randint(0, 3))}
    return held


def _medicare_therapy(case: Case, discipline: str, works: Sequence[Work]) -> tuple[tuple[Work, ...], Document]:
    """Give what the year has used, and above the threshold KX on every line with the clinician's statement."""
    if case.often(0.2):
        return tuple(works), {}
    mine, other = ("ot", "pt_slp") if discipline == "OT" else ("pt_slp", "ot")
    over = case.often(0.15)
    amount = case.chance.randint(2_500, 2_880) if over else case.chance.randint(0, 1_900)
    used = {mine: f"{amount}.40", other: f"{case.chance.randint(0, 1500)}.00", "as_of": case.days_ago(1, 9).isoformat()}
    if not over:
        return tuple(works), {"therapy_used": used}
    stated = {"stated_by": discipline, "stated_on": case.days_ago(0, 5).isoformat()}
    marked = tuple(replace(work, modifiers=(*work.modifiers, "KX")) for work in works)
    return marked, {"therapy_used": used, "kx": stated}


def _says_discipline(case: Case, discipline: str, works: Sequence[Work]) -> tuple[Work, ...]:
    """Type the discipline's modifier on every line, as some systems do."""
    if not case.often(0.35):
        return tuple(works)
    own = DISCIPLINE_MODIFIERS[discipline]
    return tuple(replace(work, modifiers=(own, *work.modifiers)) for work in works)


def _side(case: Case) -> str:
    """Draw the side that is affected."""
    return case.chance.choice(("right", "left"))


def _regional(case: Case, draft: Draft) -> Draft:
    """Name the part on the treated services, as some systems do."""
    if not draft.condition.timed or any(work.regions for work in draft.works) or not case.often(0.3):
        return draft
    part = draft.condition.part.format(side=draft.side)
    works = tuple(replace(work, regions=(part,)) if work.code in TIMED else work for work in draft.works)
    return replace(draft, works=works)


def _therapy(
    case: Case,
    payer: Document,
    discipline: str,
    condition: Condition,
    works: Sequence[Work],
    facts: Document,
    *,
    ages: tuple[int, int] = (66, 91),
    note: Document | None = None,
    signer: str = "clinician",
    state: str = "IL",
    authorized: bool = True,
) -> Draft:
    """Put together a therapist's visit, with what the payer's programme wants beside the facts."""
    wanted, told = facts, tuple(works)
    if payer["program"] == "medicare":
        told, used = _medicare_therapy(case, discipline, told)
        wanted = {**facts, **used}
    if payer.get("wants_authorization") and authorized:
        wanted = {**wanted, "authorization": _authorization(case, told)}
    if payer.get("wants_discipline_modifier"):
        told = _says_discipline(case, discipline, told)
    return Draft(
        discipline=discipline, payer=payer, condition=condition, works=told, facts=wanted, note=note or {}, ages=ages,
        state=state, side=_side(case), signer=signer,
    )  # fmt: skip


# ---------------------------------------------------------------- the families


def _pt_medicare(case: Case) -> Draft:
    """Physical therapy for Medicare: joints, spine, balance, Parkinson's, stroke, vertigo, a new knee."""
    kinds = (KNEE, SHOULDER, LOW_BACK, NECK, HIP, UNSTEADY, PARKINSON, STROKE, VERTIGO, NEW_KNEE)
    condition = case.chance.choice(kinds)
    works = _treatment(case, condition, "cms", codes=4)
    ages = (48, 64) if case.often(0.08) else (66, 93)
    return _therapy(case, MEDICARE, "PT", condition, works, _plan_facts(case, "PT"), ages=ages)


def _shared_code(code: str, units: int, therapist: int, assistant: int, modifier: str) -> tuple[Work, ...] | None:
    """Give a code that therapist and assistant shared, in two services where its units are divided."""
    marked = assistant_share(units, therapist, assistant)
    if marked is None:
        return None
    if 0 < marked < units:
        own = Work(code=code, minutes=therapist, units=units - marked, treated_by="therapist")
        theirs = Work(code=code, minutes=assistant, units=marked, treated_by="assistant", modifiers=(modifier,))
        return own, theirs
    whole = Work(code=code, minutes=therapist + assistant, units=units or None, assistant_minutes=assistant)
    return (replace(whole, modifiers=(modifier,) if marked else ()),)


def _with_assistant(case: Case, discipline: str, condition: Condition) -> tuple[Work, ...]:
    """Give two codes: one shared by therapist and assistant, one by the therapist or the assistant alone."""
    modifier = ASSISTANT_MODIFIERS[discipline]
    while True:
        shared, single = case.chance.sample([code for code in condition.timed if code != "97035"], 2)
        minutes = _timed_minutes(case, (shared, single), "cms")
        units = cms_units(minutes)
        theirs = case.chance.choice((0, 2, minutes[shared] // 2, minutes[shared] - 8, minutes[shared]))
        if theirs < 0 or not all(units.values()):
            continue
        works = _shared_code(shared, units[shared], minutes[shared] - theirs, theirs, modifier)
        if works is None:
            continue
        alone = case.often(0.5) or not theirs
        by, typed = ("assistant", (modifier,)) if alone else ("therapist", ())
        other = Work(code=single, minutes=minutes[single], units=units[single], treated_by=by, modifiers=typed)
        formed = _assistant_form(case, (*works, other))
        beside = _beside(condition, (shared, single))
        if not beside or case.often(0.75):
            return formed
        modality = Work(code=beside[0], minutes=QUARTER, treated_by="assistant", modifiers=(modifier,))
        return (*formed, modality)


def _signer(case: Case, works: Sequence[Work]) -> str:
    """Let the assistant sign, or the clinician; the clinician alone where the assistant only helped."""
    helped = all(work.treated_by != "assistant" for work in works)
    return "clinician" if helped else case.chance.choice(("clinician", "assistant"))


def _assistant_form(case: Case, works: tuple[Work, ...]) -> tuple[Work, ...]:
    """Leave the units to be counted where each code is one service, or keep them; sometimes with clock times."""
    codes = [work.code for work in works]
    if len(set(codes)) == len(codes) and case.often(0.6):
        works = tuple(replace(work, units=None) for work in works)
    return _on_the_clock(case, works) if case.often(0.5) else works


def _pt_assistant(case: Case) -> Draft:
    """Physical therapy with an assistant, for payers that want CQ."""
    condition = case.chance.choice((KNEE, SHOULDER, LOW_BACK, HIP, UNSTEADY, NEW_KNEE, STROKE))
    works = _with_assistant(case, "PT", condition)
    payer = MEDICARE if case.often(0.8) else TRICARE
    facts = _plan_facts(case, "PT")
    ages = (66, 90) if payer is MEDICARE else (22, 60)
    return _therapy(case, payer, "PT", condition, works, facts, signer=_signer(case, works), ages=ages)


def _pt_after_surgery(case: Case) -> Draft:
    """Physical therapy after surgery for a commercial payer: midpoint, and no assistant's modifier."""
    condition = case.chance.choice((ACL, CUFF, ANKLE, SPINE_SURGERY, NEW_KNEE))
    works = _treatment(case, condition, "midpoint", codes=4)
    ages = (50, 64) if condition is NEW_KNEE else (19, 58)
    facts: Document = _plan_facts(case, "PT") if case.often(0.5) else {"onset": case.days_ago(40, 100).isoformat()}
    if condition in (ACL, CUFF, ANKLE):
        facts["accident"] = {"kind": "other", "happened_on": case.days_ago(101, 140).isoformat()}
    signer = "clinician"
    if case.often(0.2):
        works, signer = tuple(replace(work, treated_by="assistant") for work in works), "assistant"
    return _therapy(case, MUTUAL, "PT", condition, works, facts, ages=ages, signer=signer)


def _ot_hand(case: Case) -> Draft:
    """Occupational therapy of the hand for Medicare."""
    condition = case.chance.choice((WRIST, THUMB, CARPAL))
    works = _treatment(case, condition, "cms")
    return _therapy(case, MEDICARE, "OT", condition, works, _plan_facts(case, "OT"))


def _ot_assistant(case: Case) -> Draft:
    """Occupational therapy with an assistant, for Medicare."""
    condition = case.chance.choice((WRIST, THUMB, STROKE_ARM, CARPAL))
    works = _with_assistant(case, "OT", condition)
    return _therapy(case, MEDICARE, "OT", condition, works, _plan_facts(case, "OT"), signer=_signer(case, works))


def _slp_dysphagia(case: Case) -> Draft:
    """Treatment of swallowing for Medicare, in the clinic or in assisted living."""
    condition = case.chance.choice((SWALLOW_STROKE, SWALLOW_PARKINSON))
    facts = _plan_facts(case, "SLP")
    if case.often(0.3):
        facts |= {"place_of_service": "13", "facility": ASSISTED_LIVING}
    return _therapy(case, MEDICARE, "SLP", condition, _untimed(case, condition), facts)


def _slp_language(case: Case) -> Draft:
    """Speech therapy of aphasia, cognitive training, or both in blocks of their own."""
    condition = case.chance.choice((APHASIA, COGNITION_STROKE, COGNITION_INJURY))
    works = _untimed(case, condition)
    if condition is APHASIA and case.often(0.4):
        condition = replace(APHASIA, diagnoses=("I69.320", "I69.310"))
        distinct = Work(code="97129", minutes=QUARTER, modifiers=(case.chance.choice(("59", "XU")),), pointers=(2,))
        works = _on_the_clock(case, (Work(code="92507", minutes=30, pointers=(1,)), distinct))
    payer = MEDICARE if case.often(0.7) else MUTUAL
    facts = _plan_facts(case, "SLP")
    ages = (66, 88) if payer is MEDICARE else (30, 64)
    return _therapy(case, payer, "SLP", condition, works, facts, ages=ages)


SPINE: Final = {
    "cervical": ("M99.01", "M54.2"),
    "thoracic": ("M99.02", "M54.6"),
    "lumbar": ("M99.03", "M54.50"),
    "sacral": ("M99.04", "M53.3"),
    "pelvic": ("M99.05", ""),
}
"""The subluxation of each region, and what the patient feels there."""


MANIPULATIONS: Final = {1: "98940", 2: "98940", 3: "98941", 4: "98941", 5: "98942"}
"""By the number of regions."""


def _spinal(case: Case, regions: Sequence[str]) -> Condition:
    """Give the condition of these regions: each subluxation before what comes of it."""
    found = [code for region in regions for code in SPINE[region] if code]
    return Condition(
        diagnoses=tuple(found),
        part=f"{regions[0]} spine",
        muscle="paraspinals",
        complaint=(
            "{pain}/10 with bending, {pain0}/10 last visit; drives {dist} min before stopping.",
            "Better since Friday: sleeps 6 h, was 4. Pain {pain}/10.",
        ),
        finding=(
            "Palpation: tenderness and fixation in the regions treated, asymmetry. ROM {deg} deg (was {deg0}).",
            "P.A.R.T.: P {pain}/10, A right high ilium or shoulder, R restricted, T hypertonic. Flexion {deg}.",
        ),
        goal="sit and drive 60 minutes at no more than 2/10",
        scale=case.chance.choice((ODI, NDI)),
    )


def _regions(case: Case) -> tuple[tuple[str, ...], str]:
    """Draw the manipulated regions, with pelvis only among several, and their code."""
    count = case.chance.randint(1, len(SPINE))
    drawn = case.chance.sample(tuple(SPINE), count)
    if drawn == ["pelvic"]:
        drawn = ["lumbar"]
    return tuple(region for region in SPINE if region in drawn), MANIPULATIONS[count]


def _chiropractic_facts(case: Case) -> Document:
    """Give onset, first treatment, and the chiropractor's own plan, which nobody certifies."""
    begun = case.days_ago(0, 40)
    ends = case.day + timedelta(days=case.chance.randint(14, 40))
    plan = {**_dated(established=begun, ends=ends), "goals": ["2x/wk for 6 weeks: ODI or NDI under 20% by the end"]}
    onset = begun - timedelta(days=case.chance.randint(2, 20))
    return {"plan_of_care": plan, "care": "active", **_dated(onset=onset, initial_treatment=begun)}


def _dc_medicare(case: Case) -> Draft:
    """Spinal manipulation for Medicare, active care."""
    regions, code = _regions(case)
    work = Work(code=code, modifiers=("AT",), regions=regions, treated_by="therapist" if case.often(0.3) else None)
    condition = _spinal(case, regions)
    return Draft(
        discipline="DC", payer=MEDICARE, condition=condition, works=(work,), facts=_chiropractic_facts(case), note={}
    )


def _dc_commercial(case: Case) -> Draft:
    """Manipulation with an examination of its own, with manual therapy of a shoulder, or with exercise."""
    regions = case.chance.choice((("cervical", "thoracic"), ("cervical", "thoracic", "lumbar")))
    payer, side = case.chance.choice((MUTUAL, HEALTH)), _side(case)
    condition, facts = _spinal(case, regions), _chiropractic_facts(case)
    manipulation = Work(code=MANIPULATIONS[len(regions)], regions=regions, minutes=case.chance.choice((None, 10)))
    works = [manipulation]
    kind = case.chance.choice(("examined", "shoulder", "exercised", "both"))
    if kind in ("examined", "both"):
        new = facts["initial_treatment"] == case.day.isoformat()
        works.append(Work(code="99203" if new else "99213", modifiers=("25",)))
    if kind in ("shoulder", "both"):
        condition = _with_shoulder(condition)
        works.append(_manual_therapy(case, f"{side} shoulder", len(condition.diagnoses)))
    if kind == "exercised":
        works.append(Work(code="97110", minutes=case.chance.choice((10, 15, 23))))
    if payer.get("wants_authorization"):
        facts["authorization"] = _authorization(case, works)
    return Draft(
        discipline="DC", payer=payer, condition=condition, works=_on_the_clock(case, works), facts=facts, note={},
        ages=(19, 63), side=side,
    )  # fmt: skip


def _with_shoulder(condition: Condition) -> Condition:
    """Add a shoulder to what the spine has."""
    diagnoses = (*condition.diagnoses, "M75.4{s}")
    return replace(condition, diagnoses=diagnoses, part="{side} shoulder", muscle="{side} subscapularis")


def _manual_therapy(case: Case, region: str, pointer: int) -> Work:
    """Give manual therapy of a region that was not manipulated."""
    minutes, distinct = case.chance.choice((9, 15, 17, 24)), case.chance.choice(("59", "XS"))
    return Work(code="97140", minutes=minutes, modifiers=(distinct,), regions=(region,), pointers=(pointer,))


def _accident(case: Case, kind: str, state: str) -> Document:
    """Give the accident, older than any plan, and the onset with it."""
    happened = case.days_ago(85, 140).isoformat()
    return {"accident": {"kind": kind, "happened_on": happened, "state": state}, "onset": happened}


def _ordered(case: Case, discipline: str) -> Document:
    """Give an order, older than any plan, and who gave it."""
    return {"referring": _referrer(case), "order": _order(case, discipline, case.days_ago(70, 72).isoformat())}


def _with_cause(case: Case, condition: Condition) -> Condition:
    """Add the external cause, last, as some do."""
    if not condition.cause or case.often(0.5):
        return condition
    return replace(condition, diagnoses=(*condition.diagnoses, condition.cause))


def _massage(case: Case) -> Draft:
    """Massage after an injury in Washington, where the insurers pay massage therapists."""
    payer, condition, kind = case.chance.choice(
        (
            (COMPENSATION, BACK_STRAIN, "employment"),
            (COMPENSATION, SHOULDER_STRAIN, "employment"),
            (AUTO, NECK_SPRAIN, "auto"),
        )
    )
    code = case.chance.choice(("97124", "97124", "97140"))
    minutes = case.chance.choice((23, 30, 38, 45, 50, 53, 60))
    by = case.chance.choice((None, "massage_therapist"))
    works: tuple[Work, ...] = (Work(code=code, minutes=minutes, treated_by=by),)
    if case.often(0.3):
        works = _on_the_clock(case, works)
    facts = {**_accident(case, kind, "WA"), **_ordered(case, "LMT"), "facility": WASHINGTON_CLINIC}
    facts["authorization"] = _authorization(case, works)
    return Draft(
        discipline="LMT", payer=payer, condition=_with_cause(case, condition), works=works, facts=facts,
        note={}, ages=(19, 63), state="WA", side=_side(case),
    )  # fmt: skip


def _pt_compensation(case: Case) -> Draft:
    """Physical therapy after an injury at work."""
    condition = case.chance.choice((BACK_STRAIN, SHOULDER_STRAIN, ANKLE_SPRAIN, CUFF, ACL))
    works = _treatment(case, condition, "midpoint")
    facts = {**_accident(case, "employment", "IL"), **_ordered(case, "PT")}
    if case.often(0.4):
        facts["plan_of_care"] = _certified_plan(case)
    return _therapy(case, COMPENSATION, "PT", _with_cause(case, condition), works, facts, ages=(19, 64))


def _pt_auto(case: Case) -> Draft:
    """Physical therapy after a car accident, paid by the injured's own insurance."""
    condition = case.chance.choice((NECK_SPRAIN, replace(BACK_STRAIN, cause="V43.52XD"), SHOULDER_STRAIN))
    works = _treatment(case, condition, "midpoint")
    facts = {**_accident(case, "auto", case.chance.choice(("WA", "OR", "ID"))), **_ordered(case, "PT")}
    facts["facility"] = WASHINGTON_CLINIC
    return _therapy(case, AUTO, "PT", _with_cause(case, condition), works, facts, ages=(19, 78), state="WA")


def _advantage(case: Case) -> Draft:
    """Therapy under a Medicare Advantage plan, with its authorization, with or without an assistant."""
    discipline, condition = case.chance.choice(
        (("PT", KNEE), ("PT", UNSTEADY), ("PT", LOW_BACK), ("OT", WRIST), ("OT", STROKE_ARM), ("SLP", SWALLOW_STROKE))
    )
    facts = _plan_facts(case, discipline)
    if discipline != "SLP" and case.often(0.3):
        works = _with_assistant(case, discipline, condition)
        return _therapy(case, ADVANTAGE, discipline, condition, works, facts, signer=_signer(case, works))
    works = _treatment(case, condition, "cms")
    return _therapy(case, ADVANTAGE, discipline, condition, works, facts)


def _medicaid_child(case: Case) -> Draft:
    """A child's therapy, to gain what it never had."""
    discipline, condition, ages = case.chance.choice(
        (("PT", TODDLER, (1, 3)), ("OT", CLUMSY, (5, 11)), ("SLP", CHILD_SPEECH, (3, 7)))
    )
    works = _treatment(case, condition, "cms")
    facts = _plan_facts(case, discipline)
    note = {
        "objective": f"{case.chance.choice(condition.finding)} {_told(CHILD_TECHNIQUES, works)}",
        "assessment": "Learns by graded help: less support in {sets} trials. {scale_now}, {scale_then} before.",
    }
    return _therapy(case, MEDICAID, discipline, condition, works, facts, ages=ages, note=note)


def _told(techniques: Mapping[str, str], works: Sequence[Work]) -> str:
    """Tell of each procedure once."""
    return " ".join(techniques[code] for code in dict.fromkeys(work.code for work in works))


def _telehealth(case: Case) -> Draft:
    """Therapy by video, nothing of it by hand."""
    discipline, condition, codes = case.chance.choice(
        (
            ("PT", UNSTEADY, ("97110", "97112", "97530")),
            ("PT", LOW_BACK, ("97110", "97530")),
            ("OT", STROKE_ARM, ("97530", "97535")),
            ("SLP", APHASIA, ()),
            ("SLP", COGNITION_STROKE, ()),
        )
    )
    remote = replace(condition, timed=codes, untimed=() if codes else condition.untimed)
    payer = MEDICARE if case.often(0.6) else MUTUAL
    works = _treatment(case, remote, payer["unit_rule"], codes=2)
    if payer is MUTUAL or case.often(0.5):
        works = tuple(replace(work, modifiers=("95",)) for work in works)
    facts = {**_plan_facts(case, discipline), "place_of_service": "10" if case.often(0.8) else "02"}
    note = {
        "subjective": "Seen by live video, consented. " + case.chance.choice(remote.complaint),
        "objective": "By video: {scale_now}. " + _told(REMOTE_TECHNIQUES, works),
    }
    ages = (66, 88) if payer is MEDICARE else (30, 64)
    return _therapy(case, payer, discipline, remote, works, facts, note=note, ages=ages)


EVALUATED: Final = (
    ("PT", KNEE, ("97161", "97162", "97163")),
    ("PT", SHOULDER, ("97161", "97162")),
    ("PT", UNSTEADY, ("97162", "97163")),
    ("OT", THUMB, ("97165", "97166")),
    ("OT", STROKE_ARM, ("97166", "97167")),
    ("SLP", SWALLOW_STROKE, ("92610",)),
    ("SLP", CHILD_SPEECH, ("92522", "92523")),
)


def _evaluation(case: Case) -> Draft:
    """An evaluation, without authorization where the payer needs none for it; for some payers with treatment."""
    discipline, condition, codes = case.chance.choice(EVALUATED)
    child = condition is CHILD_SPEECH
    payer = case.chance.choice((HEALTH, MUTUAL) if child else (MEDICARE, ADVANTAGE, MUTUAL, HEALTH))
    works: tuple[Work, ...] = (Work(code=case.chance.choice(codes), minutes=case.chance.choice((None, 35, 45))),)
    if condition.timed and payer in (MEDICARE, MUTUAL) and case.often(0.5):
        some = [case.chance.choice([code for code in condition.timed if code in ("97110", "97530", "97112")])]
        minutes = _timed_minutes(case, some, payer["unit_rule"])
        works += tuple(Work(code=code, minutes=given) for code, given in minutes.items())
    facts = _plan_facts(case, discipline, _new_plan, reported=case.day)
    ages = (3, 8) if child else (66, 90) if payer in (MEDICARE, ADVANTAGE) else (21, 64)
    note = {
        "assessment": "Skilled care needed: {scale_now} and {part} limit function. Goals set with the patient: {goal}."
    }
    return _therapy(case, payer, discipline, condition, works, facts, ages=ages, note=note, authorized=False)


def _re_evaluation(case: Case) -> Draft:
    """A re-evaluation on a change, with treatment that no edit pairs with it."""
    discipline, condition, code, beside = case.chance.choice(
        (("PT", KNEE, "97164", "97110"), ("PT", UNSTEADY, "97164", "97112"), ("PT", SHOULDER, "97164", "97140"),
         ("OT", THUMB, "97168", "97530"), ("OT", WRIST, "97168", "97110"))
    )  # fmt: skip
    payer = case.chance.choice((MEDICARE, MUTUAL, TRICARE))
    works: tuple[Work, ...] = (Work(code=code, minutes=case.chance.choice((None, 20, 30))),)
    if case.often(0.7):
        works += (Work(code=beside, minutes=case.chance.choice((9, 15, 16, 22, 25, 30))),)
    facts = _plan_facts(case, discipline, _certified_plan, reported=case.day)
    ages = (66, 90) if payer is MEDICARE else (25, 64)
    note = {"assessment": "New finding changes the plan: {scale_now}, was {scale_then}. {goal} is now G1."}
    return _therapy(case, payer, discipline, condition, works, facts, ages=ages, note=note)


def _maintenance(case: Case) -> Draft:
    """A skilled programme to keep what was reached, for Medicare (Jimmo)."""
    works = _treatment(case, PROGRAMME, "cms")
    facts = {**_plan_facts(case, "PT"), "care": "maintenance"}
    note = {
        "assessment": (
            "Maintenance programme: plateau expected with progressive disease. Therapist's skill needed to adjust the "
            "programme safely; freezing cue changed, vitals watched. {scale_now}, kept since {scale_then} in spring."
        ),
        "plan": "Revise the programme in 2 weeks, caregiver trained to guard. Goal: {goal} by {by}.",
    }
    return _therapy(case, MEDICARE, "PT", PROGRAMME, works, facts, note=note)


def _group(case: Case) -> Draft:
    """A group, alone or beside treatment one to one in a block of its own."""
    condition = case.chance.choice((UNSTEADY, KNEE))
    works: tuple[Work, ...] = (Work(code="97150", minutes=case.chance.choice((25, 30, 40))),)
    if case.often(0.75):
        code = case.chance.choice(("97110", "97112"))
        distinct = case.chance.choice(("59", "59", "XE", "XU"))
        works += (Work(code=code, minutes=case.chance.choice((9, 15, 18, 23, 25)), modifiers=(distinct,)),)
    facts = _plan_facts(case, "PT")
    return _therapy(case, MEDICARE, "PT", condition, _on_the_clock(case, works, gap=5), facts)


def _discharge(case: Case) -> Draft:
    """The last visit: its note is the last progress report."""
    discipline, condition = case.chance.choice((("PT", KNEE), ("PT", SHOULDER), ("PT", NEW_KNEE), ("OT", WRIST)))
    payer = case.chance.choice((MEDICARE, TRICARE, VETERANS, MUTUAL))
    works = _treatment(case, condition, payer["unit_rule"], codes=2)
    facts = _plan_facts(case, discipline, _certified_plan, reported=case.day)
    facts["plan_of_care"]["ends"] = case.day.isoformat()
    note = {
        "assessment": "Discharge: {scale_now} from {scale_then}, goals met, {part} {deg} deg. Independent with HEP.",
        "plan": "D/C to home programme {sets}x/wk, teach-back correct. G1 met: {goal}. Call if pain over 5/10.",
    }
    ages = (66, 88) if payer is MEDICARE else (24, 62)
    return _therapy(case, payer, discipline, condition, works, facts, note=note, ages=ages)


FAMILIES: Final[Mapping[str, Callable[[Case], Draft]]] = {
    "pt_medicare": _pt_medicare,
    "pt_assistant": _pt_assistant,
    "pt_after_surgery": _pt_after_surgery,
    "ot_hand": _ot_hand,
    "ot_assistant": _ot_assistant,
    "slp_dysphagia": _slp_dysphagia,
    "slp_language_cognition": _slp_language,
    "dc_medicare": _dc_medicare,
    "dc_commercial": _dc_commercial,
    "massage_injury": _massage,
    "pt_compensation": _pt_compensation,
    "pt_auto": _pt_auto,
    "medicare_advantage": _advantage,
    "medicaid_child": _medicaid_child,
    "telehealth": _telehealth,
    "evaluation": _evaluation,
    "re_evaluation": _re_evaluation,
    "maintenance_programme": _maintenance,
    "group": _group,
    "discharge": _discharge,
}
"""By name; visits take them in turn."""


# ---------------------------------------------------------------- the visit whole


def _goals(case: Case, draft: Draft, figures: Mapping[str, str]) -> list[str | Document]:
    """Give the plan's goals as texts or with their measure."""
    if case.often(0.4):
        return ["{goal}, {scale_target} by {by}".format_map(figures)]
    scale = draft.condition.scale
    figure = {
        "measure": scale.name,
        "baseline": figures["begins"],
        "target": str(scale.target),
        "by": figures["by_date"],
    }
    return [{"id": "G1", "text": figures["goal"], **figure}]


def _facts(case: Case, draft: Draft, figures: Mapping[str, str]) -> Document:
    """Give the family's facts, goals written into the plan that has none."""
    facts = dict(draft.facts)
    if "plan_of_care" in facts and "goals" not in facts["plan_of_care"]:
        facts["plan_of_care"] = {**facts["plan_of_care"], "goals": _goals(case, draft, figures)}
    return facts


def _diagnoses(draft: Draft) -> list[str]:
    """Write the diagnoses of the side."""
    right = draft.side == "right"
    return [code.format(s=1 if right else 2, h=1 if right else 4) for code in draft.condition.diagnoses]


def _services(case: Case, draft: Draft, facts: Document) -> list[Document]:
    """Give the services, some with the plan's goal that they served."""
    services = [work.document() for work in draft.works]
    goals = [goal["id"] for goal in facts.get("plan_of_care", {}).get("goals", ()) if isinstance(goal, dict)]
    if not goals or case.often(0.6):
        return services
    return [{**service, "goals": goals} for service in services]


def _visit(case: Case, draft: Draft, people: Mapping[str, Document]) -> Document:
    """Write the document of the visit."""
    figures = _figures(case, draft)
    facts = _facts(case, draft, figures)
    measured = {"measure": draft.condition.scale.name, "value": figures["score"], "measured_on": case.day.isoformat()}
    rendering = {name: value for name, value in people["clinician"].items() if name not in ("licence", "enrolled")}
    return {
        "visit_id": f"C-{case.seed}-{case.index:05d}",
        "date": case.day.isoformat(),
        "discipline": draft.discipline,
        "place_of_service": "11",
        "patient": _person(case, "patient", draft.ages, draft.state),
        "coverages": [_coverage(case, draft)],
        "rendering": rendering,
        "diagnoses": _diagnoses(draft),
        "services": _services(case, draft, facts),
        "note": _note(case, draft, figures, people),
        "outcomes": [measured],
        **facts,
    }


def _working_day(chance: Random) -> date:
    """Give a day of the season, no Sunday and no holiday."""
    while True:
        day = FIRST_DAY + timedelta(days=chance.randint(0, (LAST_DAY - FIRST_DAY).days))
        if day.isoweekday() != 7 and day not in HOLIDAYS:
            return day


def clean_visit(family: str, seed: int, index: int) -> CleanVisit:
    """Give the visit of a family that has this place among a seed's visits."""
    chance = Random(f"{seed}-{index}")
    case = Case(chance=chance, seed=seed, index=index, day=_working_day(chance))
    draft = _regional(case, FAMILIES[family](case))
    people = _people(case, draft)
    visit = _visit(case, draft, people)
    return CleanVisit(family=family, payer=draft.payer, staff=tuple(people.values()), visit=visit, lines=_lines(draft))


def clean_visits(seed: int, count: int) -> list[CleanVisit]:
    """Give so many visits, every family in turn."""
    families = tuple(FAMILIES)
    return [clean_visit(families[index % len(families)], seed, index) for index in range(count)]


def main() -> None:
    """Print the visits of a seed as the file that the intake reads."""
    parser = argparse.ArgumentParser(description="clean visits as JSON")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60)
    asked = parser.parse_args()
    visits = [made.visit for made in clean_visits(asked.seed, asked.count)]
    json.dump({"schema_version": 1, "visits": visits}, sys.stdout, indent=2)


if __name__ == "__main__":
    main()
