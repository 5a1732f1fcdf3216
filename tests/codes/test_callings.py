"""What somebody is, by letters as clinics write them and by taxonomy."""

import pytest

from gateway.codes.callings import Calling, calling_of, calling_of_person, calling_of_taxonomy

C = Calling


@pytest.mark.parametrize(
    ("calling", "spellings"),
    [
        (C.PHYSICAL_THERAPIST, ["PT", "pt", "P.T.", "DPT", "PT, DPT", "PT, DPT, OCS", "PT/ATC", "PT, LMT", "MSPT", "Physical Therapist"]),
        (C.OCCUPATIONAL_THERAPIST, ["OT", "OTR", "OTR/L", "O.T.R./L.", "MOT, OTR/L", "OTD, OTR/L", "OTR/L, CHT", "OT/L"]),
        (C.SPEECH_THERAPIST, ["SLP", "CCC-SLP", "CCC/SLP", "MS, CCC-SLP", "M.A., CCC-SLP", "CF-SLP", "Speech-Language Pathologist"]),
        (C.CHIROPRACTOR, ["DC", "D.C.", "DC, LMT", "Chiropractor"]),
        (C.PHYSICIAN, ["MD", "M.D.", "DO", "MD, PhD"]),
        (C.PRACTITIONER, ["NP", "NP-C", "FNP-BC", "APRN, FNP-C", "PA", "PA-C", "CNS", "Physician Assistant", "RN, FNP-C"]),
        (C.PODIATRIST, ["DPM"]),
        (C.OPTOMETRIST, ["OD"]),
        (C.PHYSICAL_THERAPIST_ASSISTANT, ["PTA", "P.T.A.", "P T A", "LPTA", "PTA, ATC", "Physical Therapist Assistant", "PT Assistant"]),
        (C.OCCUPATIONAL_THERAPY_ASSISTANT, ["COTA", "COTA/L", "OTA", "Occupational Therapy Assistant", "COTA/L, CLT"]),
        (C.SPEECH_THERAPY_ASSISTANT, ["SLPA", "Speech-Language Pathology Assistant"]),
        (C.MASSAGE_THERAPIST, ["LMT", "LMT BCTMB", "LMT, BCTMB", "L.M.T.", "l.m.t", "CMT", "RMT", "NCTMB", "Licensed Massage Therapist", "LMT #1234"]),
        (C.ATHLETIC_TRAINER, ["ATC", "AT-L", "LAT", "LAT, ATC", "LAT/ATC", "ATC/L", "Certified Athletic Trainer"]),
        (C.STUDENT, ["SPT", "SPTA", "SOT", "PT student", "Student PT", "DPT Student", "PTA student"]),
        (C.AIDE, ["Aide", "PT aide", "Rehab Tech", "PT Technician"]),
        (C.OFFICE, ["RN", "LPN", "CMA", "Medical Assistant", "front desk", "Office Manager"]),
    ],
)  # fmt: skip
def test_letters_say_what_somebody_is(calling: Calling, spellings: list[str]) -> None:
    assert {spelled: calling_of(spelled) for spelled in spellings} == dict.fromkeys(spellings, calling)


@pytest.mark.parametrize(
    "letters", ["", "MA", "PhD", "CSCS", "OCS", "MS", "CHT", "Board certified", "DC, PT", "OTR, CCC-SLP", "CCC-A"]
)
def test_what_is_in_doubt_is_not_known(letters: str) -> None:
    assert calling_of(letters) is None


@pytest.mark.parametrize(
    ("code", "calling"),
    [
        ("225100000X", C.PHYSICAL_THERAPIST),
        ("2251X0800X", C.PHYSICAL_THERAPIST),
        ("225200000X", C.PHYSICAL_THERAPIST_ASSISTANT),
        ("225X00000X", C.OCCUPATIONAL_THERAPIST),
        ("224Z00000X", C.OCCUPATIONAL_THERAPY_ASSISTANT),
        ("235Z00000X", C.SPEECH_THERAPIST),
        ("2355S0801X", C.SPEECH_THERAPY_ASSISTANT),
        ("225700000X", C.MASSAGE_THERAPIST),
        ("2255A2300X", C.ATHLETIC_TRAINER),
        ("111N00000X", C.CHIROPRACTOR),
        ("208100000X", C.PHYSICIAN),
        ("363LF0000X", C.PRACTITIONER),
        ("261QP2000X", None),
        ("", None),
    ],
)
def test_taxonomy_says_what_somebody_is(code: str, calling: Calling | None) -> None:
    assert calling_of_taxonomy(code) is calling


def test_letters_win_and_a_clinicians_beside_another_taxonomy_are_a_doubt() -> None:
    assert calling_of_person("PTA", "225100000X") is C.PHYSICAL_THERAPIST_ASSISTANT
    assert calling_of_person("PT", "225200000X") is None
    assert calling_of_person("PT", "261QP2000X") is C.PHYSICAL_THERAPIST
    assert calling_of_person("", "225700000X") is C.MASSAGE_THERAPIST
    assert calling_of_person("PhD", "") is None
