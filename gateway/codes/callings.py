"""What a person of a clinic is, from the letters behind the name and from the taxonomy.

Letters are read as clinics write them: with or without points, one or several, spelled out, in any order. What is not known
for certain is None, and nobody is found wrong on it. Taxonomy: NUCC health care provider taxonomy, by code or by group.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final


class Calling(StrEnum):
    """What somebody is, as far as it decides what they may give, sign or certify."""

    PHYSICAL_THERAPIST = "physical therapist"
    OCCUPATIONAL_THERAPIST = "occupational therapist"
    SPEECH_THERAPIST = "speech-language pathologist"
    CHIROPRACTOR = "chiropractor"
    PHYSICIAN = "physician"
    """MD or DO."""
    PRACTITIONER = "nurse practitioner, physician assistant or clinical nurse specialist"
    PODIATRIST = "podiatrist"
    OPTOMETRIST = "optometrist"
    PHYSICAL_THERAPIST_ASSISTANT = "physical therapist assistant"
    OCCUPATIONAL_THERAPY_ASSISTANT = "occupational therapy assistant"
    SPEECH_THERAPY_ASSISTANT = "speech-language pathology assistant"
    MASSAGE_THERAPIST = "massage therapist"
    ATHLETIC_TRAINER = "athletic trainer"
    STUDENT = "student"
    AIDE = "aide"
    OFFICE = "office or nursing staff"
    OTHER = "practitioner of another profession"
    """Naturopaths, pharmacists, psychologists, acupuncturists, dentists, audiologists, social workers."""


THERAPISTS: Final = frozenset(
    {Calling.PHYSICAL_THERAPIST, Calling.OCCUPATIONAL_THERAPIST, Calling.SPEECH_THERAPIST},
)
CLINICIANS: Final = THERAPISTS | {
    Calling.CHIROPRACTOR,
    Calling.PHYSICIAN,
    Calling.PRACTITIONER,
    Calling.PODIATRIST,
    Calling.OPTOMETRIST,
}
"""Who answers for care under a licence of their own."""

ASSISTANTS: Final = frozenset(
    {
        Calling.PHYSICAL_THERAPIST_ASSISTANT,
        Calling.OCCUPATIONAL_THERAPY_ASSISTANT,
        Calling.SPEECH_THERAPY_ASSISTANT,
    }
)
"""Who gives therapy under a therapist's direction."""

_C = Calling
_LETTERS: Final = {
    letters: calling
    for calling, many in {
        _C.PHYSICAL_THERAPIST: "PT DPT MPT MSPT RPT LPT BSPT TDPT PHYSIOTHERAPIST",
        _C.OCCUPATIONAL_THERAPIST: "OT OTR OTRL OTL OTD OTDR MOT MOTR MSOT MSOTR LOT ROT",
        _C.SPEECH_THERAPIST: "SLP CCCSLP SLPCCC CFSLP SLPCF SLPD MSLP LSLP",
        _C.CHIROPRACTOR: "DC CHIROPRACTOR",
        _C.PHYSICIAN: "MD DO MBBS MBBCH MBCHB PHYSICIAN",
        _C.PRACTITIONER: "NP PA PAC MPAS FNP FNPC FNPBC NPC APRN ARNP CRNP APNP AGNP AGPCNP AGACNP ACNP ANP ANPC ANPBC GNP PNP WHNP DNP"
        " CNS CNP APRNCNP APRNCNS APN ACNS GCNS DMSC RPAC",
        _C.PODIATRIST: "DPM PODIATRIST",
        _C.OPTOMETRIST: "OD OPTOMETRIST",
        _C.PHYSICAL_THERAPIST_ASSISTANT: "PTA LPTA RPTA",
        _C.OCCUPATIONAL_THERAPY_ASSISTANT: "OTA COTA COTAL OTAL LOTA",
        _C.SPEECH_THERAPY_ASSISTANT: "SLPA CSLPA",
        _C.MASSAGE_THERAPIST: "LMT CMT RMT LMBT LMP BCTMB NCTMB NCBTMB NCTM LMMT",
        _C.ATHLETIC_TRAINER: "ATC LAT ATCL LATC ATL CATC",
        _C.STUDENT: "SPT SPTA SOT SOTA",
        _C.AIDE: "AIDE",
        _C.OFFICE: "RN LPN LVN BSN CMA RMA CNA RECEPTIONIST BILLER SCRIBE SECRETARY CODER",
        _C.OTHER: "ND NMD PHARMD RPH PSYD LAC DDS DMD LCSW LMFT AUD",
    }.items()
    for letters in many.split()
}
# Spelled out: looked for before the letters, the longer ones first, for "PT aide" is no PT.
_WORDS: Final = tuple(
    (re.compile(pattern), calling)
    for pattern, calling in (
        (r"\bSTUDENTS?\b|\bINTERN\b", _C.STUDENT),
        (r"\b(?:AIDE|TECH|TECHNICIAN)\b", _C.AIDE),
        (r"\b(?:MEDICAL|CHIROPRACTIC|ADMINISTRATIVE|OFFICE) ASSISTANT\b", _C.OFFICE),
        (
            r"\b(?:FRONT DESK|(?:OFFICE|CLINIC|BILLING|PRACTICE) (?:MANAGER|STAFF|COORDINATOR)|REGISTERED NURSE)\b",
            _C.OFFICE,
        ),
        (
            r"\bPHYSICIANS? (?:ASSISTANT|ASSOCIATE)\b|\bNURSE PRACTITIONER\b|\bCLINICAL NURSE SPECIALIST\b",
            _C.PRACTITIONER,
        ),
        (r"\b(?:PHYSICAL|PHYSIO) ?THERAP(?:IST|Y) ASSISTANT\b|\bPT ASSISTANT\b", _C.PHYSICAL_THERAPIST_ASSISTANT),
        (r"\bOCCUPATIONAL THERAP(?:IST|Y) ASSISTANT\b|\bOT ASSISTANT\b", _C.OCCUPATIONAL_THERAPY_ASSISTANT),
        (r"\bSPEECH.*\bASSISTANT\b|\bSLP ASSISTANT\b", _C.SPEECH_THERAPY_ASSISTANT),
        (r"\bPHYSICAL THERAP(?:IST|Y)\b", _C.PHYSICAL_THERAPIST),
        (r"\bOCCUPATIONAL THERAP(?:IST|Y)\b", _C.OCCUPATIONAL_THERAPIST),
        (r"\bSPEECH\b.*\b(?:PATHOLOGIST|THERAPIST)\b", _C.SPEECH_THERAPIST),
        (r"\bMASSAGE\b|\bBODYWORK", _C.MASSAGE_THERAPIST),
        (r"\bATHLETIC TRAINER\b", _C.ATHLETIC_TRAINER),
        (r"\bDOCTOR OF CHIROPRACTIC\b", _C.CHIROPRACTOR),
    )
)
_LOWER: Final = (_C.STUDENT, _C.AIDE)
"""Beside other letters these say what the person is: a PT aide, a PTA student."""

_RANKS: Final = (
    CLINICIANS,
    ASSISTANTS,
    frozenset({_C.MASSAGE_THERAPIST, _C.ATHLETIC_TRAINER}),
    frozenset({_C.OFFICE}),
    frozenset({_C.OTHER}),
)
"""Of several the one that may most counts: PT, LMT is a physical therapist."""

_SPELLED_APART: Final = re.compile(r"(?<![A-Z])(?:[A-Z]\s){1,4}[A-Z](?![A-Z])")
_TAXONOMIES: Final = (
    ("2251", _C.PHYSICAL_THERAPIST),
    ("225X", _C.OCCUPATIONAL_THERAPIST),
    ("235Z", _C.SPEECH_THERAPIST),
    ("111N", _C.CHIROPRACTOR),
    *((f"20{group}", _C.PHYSICIAN) for group in ("2", "4", "7", "8")),
    ("363", _C.PRACTITIONER),
    ("364S", _C.PRACTITIONER),
    ("213E", _C.PODIATRIST),
    ("152W", _C.OPTOMETRIST),
    ("2252", _C.PHYSICAL_THERAPIST_ASSISTANT),
    ("224Z", _C.OCCUPATIONAL_THERAPY_ASSISTANT),
    ("2355S", _C.SPEECH_THERAPY_ASSISTANT),
    ("2257", _C.MASSAGE_THERAPIST),
    ("2255A", _C.ATHLETIC_TRAINER),
    ("3902", _C.STUDENT),
)


def callings_of(letters: str) -> frozenset[Calling]:
    """Give all that the letters behind a name say; empty when they say nothing that is known."""
    text = _SPELLED_APART.sub(lambda run: "".join(run[0].split()), letters.upper().replace(".", " ").strip())
    found = set[Calling]()
    for pattern, calling in _WORDS:
        text, times = pattern.subn(" ", text)
        if times:
            found.add(calling)
    for part in re.split(r"[,;&+|()\s]+|\bAND\b", text):
        joined = re.sub(r"[^A-Z]", "", part)
        if joined in _LETTERS:
            found.add(_LETTERS[joined])
        else:
            # PT/ATC, LAT-ATC and MS-CCC-SLP are several.
            found |= {_LETTERS[piece] for piece in re.split(r"[^A-Z]+", part) if piece in _LETTERS}
    return frozenset(found)


@lru_cache(maxsize=4096)
def calling_of(letters: str) -> Calling | None:
    """Give what the letters behind a name make of a person, such as "PT, DPT" or "L.M.T."; None when that is in doubt."""
    found = callings_of(letters)
    for one in _LOWER:
        if one in found:
            return one
    for rank in _RANKS:
        here = found & rank
        if here:
            return next(iter(here)) if len(here) == 1 else _of_several(here)
    return None


def _of_several(here: frozenset[Calling]) -> Calling | None:
    """Of two callings of one rank: a chiropractor who is a physical therapist too may be either."""
    return _C.MASSAGE_THERAPIST if here == _RANKS[2] else None


@lru_cache(maxsize=4096)
def calling_of_taxonomy(code: str) -> Calling | None:
    """Give what a taxonomy code of a person says; None for a clinic's, and for what is not known."""
    return next((calling for start, calling in _TAXONOMIES if code.upper().startswith(start)), None)


def calling_of_person(letters: str, taxonomy: str) -> Calling | None:
    """Give what letters and taxonomy make of a person together.

    The letters win: clinics often enter their own taxonomy for an assistant. But letters of a clinician beside the taxonomy
    of somebody who is none are a doubt: None.
    """
    said, registered = calling_of(letters), calling_of_taxonomy(taxonomy)
    if said in CLINICIANS and registered is not None and registered not in CLINICIANS:
        return None
    return said or registered
