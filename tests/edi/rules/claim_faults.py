"""Single faults of an 837P: levels, coverage, the claim itself, its dates and diagnoses."""

from typing import Final

from tests.edi.rules.broken import WARNING, Broken, Place, broken, drop, put, swap

_CLM: Final = "CLM*RB01"

LEVELS: Final[tuple[Broken, ...]] = (
    broken("HL_BELOW_ANOTHER", "family", swap("HL*4*1*", "HL*4*2*"), finds=Place("HL*4", "2000B", 2)),
    broken("HL_BELOW_ANOTHER", "family", swap("HL*5*4*", "HL*5*1*"), finds=Place("HL*5", "2000C", 2)),
    broken("HL_CHILDREN", "office", swap("HL*2*1*22*0", "HL*2*1*22*1"), finds=Place("HL*2", "2000B", 4)),
    broken("HL_CHILDREN", "family", swap("HL*2*1*22*1", "HL*2*1*22*0"), finds=Place("HL*2", "2000B", 4)),
    broken("LEVEL_WITHOUT_CLAIM", "spine", drop(_CLM, 9), finds=Place("HL*2", "2300", segment="CLM")),
    broken(
        "LEVEL_WITHOUT_CLAIM",
        "work",
        drop(_CLM, 11),
        finds=Place("HL*3", "2300", segment="CLM"),
        also=frozenset({"SNIP 2"}),
    ),
    broken(
        "SUBSCRIBER_AND_PATIENT_LEVEL",
        "work",
        swap("SBR*P*", "SBR*P*18"),
        finds=Place("HL*3", "2000C"),
    ),
    broken(
        "NEITHER_SUBSCRIBER_NOR_PATIENT",
        "office",
        swap("SBR*P*18", "SBR*P*"),
        finds=Place("SBR", "2000B", 2),
        also=frozenset({"SUBSCRIBER_DETAILS_NOT_USED"}),
    ),
)

PARTIES: Final[tuple[Broken, ...]] = (
    broken(
        "BILLING_ADDRESS_IS_A_BOX",
        "work",
        swap("N3*100 MILL STREET", "N3*P.O. Box 7"),
        finds=Place("N3*P.O", "2010AA", 1),
    ),
    broken(
        "BILLING_ADDRESS_IS_A_BOX",
        "work",
        swap("N3*100 MILL STREET", "N3*MILL*LOCKBOX 7"),
        finds=Place("N3*MILL", "2010AA", 2),
    ),
    broken(
        "ZIP_WITHOUT_FOUR",
        "office",
        swap("N4*SPRINGFIELD*IL*627010001", "N4*SPRINGFIELD*IL*62701"),
        finds=Place("N4*SPRINGFIELD*IL*62701", "2010AA", 3),
    ),
    broken(
        "ZIP_WITHOUT_FOUR",
        "office",
        swap("N4*URBANA*IL*618010002", "N4*URBANA*IL*61801"),
        finds=Place("N4*URBANA*IL*61801#1", "2310C", 3),
    ),
    broken(
        "ZIP_WITHOUT_FOUR",
        "office",
        swap("N4*URBANA*IL*618010003", "N4*URBANA*IL*61802"),
        finds=Place("N4*URBANA*IL*61802", "2420C", 3),
    ),
    broken("TAX_ID_SHAPE", "office", swap("REF*EI*900000001", "REF*EI*90-0000001"), finds=Place("REF*EI", "2010AA", 2)),
    broken(
        "TAX_ID_SHAPE", "office", swap("REF*EI*900000001", "REF*SY*900-00-0001"), finds=Place("REF*SY", "2010AA", 2)
    ),
    broken(
        "TAX_ID_SHAPE",
        "recovery",
        swap("REF*EI*900000002", "REF*EI*9000002"),
        finds=Place("REF*EI*9000002", "2010AC", 2),
    ),
    broken(
        "BILLING_PROVIDER_WITHOUT_NPI",
        "office",
        swap("NM1*85*2*RIVERBEND THERAPY*****XX*1900000013", "NM1*85*2*RIVERBEND THERAPY"),
        finds=Place("NM1*85", "2010AA", 9, severity=WARNING),
    ),
    broken(
        "PAY_TO_SAME_ADDRESS",
        "office",
        swap("N3*PO BOX 77", "N3*100 MILL STREET"),
        swap("N4*SPRINGFIELD*IL*62705", "N4*SPRINGFIELD*IL*627010001"),
        finds=Place("N3*100 MILL STREET#2", "2010AB", severity=WARNING),
    ),
    broken("CURRENCY_AT_HOME", "office", put("PRV*BI", "CUR*85*USD"), finds=Place("CUR", "2000A", 2, severity=WARNING)),
    broken(
        "ORGANISATION_WITH_FIRST_NAME",
        "office",
        swap("NM1*IL*1*ZELLER*OTTILIE*M", "NM1*IL*2*ZELLER**M"),
        finds=Place("NM1*IL", "2010BA", 5, severity=WARNING),
    ),
    broken(
        "ORGANISATION_WITH_FIRST_NAME",
        "office",
        swap("NM1*41*2*RIVERBEND THERAPY*", "NM1*41*2*RIVERBEND THERAPY*JO"),
        finds=Place("NM1*41", "1000A", 4, severity=WARNING),
    ),
    broken(
        "PERSON_WITHOUT_FIRST_NAME",
        "office",
        swap("NM1*IL*1*ZELLER*OTTILIE*M", "NM1*IL*1*ZELLER**"),
        finds=Place("NM1*IL", "2010BA", 4, severity=WARNING),
    ),
    broken(
        "PERSON_WITHOUT_FIRST_NAME",
        "work",
        swap("NM1*QC*1*ZELLER*OTTILIE*M", "NM1*QC*1*ZELLER"),
        finds=Place("NM1*QC", "2010CA", 4, severity=WARNING),
    ),
    broken(
        "PERSON_WITHOUT_FIRST_NAME",
        "office",
        swap("NM1*82*1*BRANDT*IWAN", "NM1*82*1*BRANDT*"),
        finds=Place("NM1*82*1*BRANDT", "2310B", 4, severity=WARNING),
    ),
    broken("STATE_MISSING", "office", swap("N4*PEORIA*IL", "N4*PEORIA*"), finds=Place("N4*PEORIA", "2010BA", 2)),
    broken("STATE_MISSING", "abroad", swap("N4*GATINEAU*QC", "N4*GATINEAU*"), finds=Place("N4*GATINEAU", "2010BA", 2)),
    broken(
        "POSTAL_CODE_MISSING",
        "office",
        swap("N4*PEORIA*IL*61602", "N4*PEORIA*IL"),
        finds=Place("N4*PEORIA", "2010BA", 3),
    ),
    broken(
        "POSTAL_CODE_ABROAD",
        "office",
        swap("N4*PEORIA*IL*61602", "N4*PARIS**75001*FR"),
        finds=Place("N4*PARIS", "2010BA", 3, severity=WARNING),
    ),
    broken(
        "BORN_TOO_LONG_AGO",
        "office",
        swap("DMG*D8*19480229", "DMG*D8*18750101"),
        finds=Place("DMG*D8*18750101", "2010BA", 2, severity=WARNING),
    ),
    broken(
        "COUNTRY_AT_HOME",
        "office",
        swap("N4*PEORIA*IL*61602", "N4*PEORIA*IL*61602*US"),
        finds=Place("N4*PEORIA", "2010BA", 4, severity=WARNING),
    ),
    broken(
        "PHONE_IS_NOT_TEN_DIGITS",
        "office",
        swap("PER*IC*BILLING DESK*TE*5550100100", "PER*IC*BILLING DESK*TE*555-010-0100"),
        finds=Place("PER*IC", "1000A", 4, severity=WARNING),
    ),
    broken(
        "EXTENSION_WITHOUT_PHONE",
        "office",
        swap("PER*IC*BILLING DESK*TE*5550100100", "PER*IC*BILLING DESK*FX*5550100100"),
        finds=Place("PER*IC", "1000A", 5, severity=WARNING),
    ),
    broken("SUBSCRIBER_WITHOUT_STREET", "office", drop("N3*7 ALDER"), finds=Place("NM1*IL", "2010BA", segment="N3")),
    broken("SUBSCRIBER_WITHOUT_CITY", "office", drop("N4*PEORIA"), finds=Place("NM1*IL", "2010BA", segment="N4")),
    broken("SUBSCRIBER_WITHOUT_BIRTH_DATE", "office", drop("DMG"), finds=Place("NM1*IL", "2010BA", segment="DMG")),
    broken(
        "SUBSCRIBER_DETAILS_NOT_USED",
        "abroad",
        put("NM1*IL*1*QUINT", "DMG*D8*19710309*F"),
        finds=Place("DMG*D8*1971", "2010BA", severity=WARNING),
    ),
    broken(
        "SUBSCRIBER_DETAILS_NOT_USED",
        "work",
        put("NM1*IL*2", "N3*1 KILN ROAD", "N4*PEORIA*IL*61605"),
        finds=Place("N3*1 KILN", "2010BA", severity=WARNING),
    ),
    broken(
        "GROUP_NUMBER_AND_NAME",
        "office",
        swap("SBR*P*18*G-100*", "SBR*P*18*G-100*GUILD"),
        finds=Place("SBR", "2000B", 4, severity=WARNING),
    ),
    broken(
        "GROUP_NUMBER_AND_NAME",
        "third",
        swap("SBR*S*01**", "SBR*S*01*G-1*GUILD"),
        finds=Place("SBR*S", "2320", 4, severity=WARNING),
    ),
    broken(
        "FILING_CODE_MISSING",
        "office",
        swap("SBR*P*18*G-100******CI", "SBR*P*18*G-100"),
        finds=Place("SBR", "2000B", 9),
    ),
    broken("FILING_CODE_MISSING", "third", swap("SBR*S*01*******BL", "SBR*S*01"), finds=Place("SBR*S", "2320", 9)),
    broken(
        "MEDICARE_SECOND_WITHOUT_REASON",
        "third",
        swap("SBR*T*18***12", "SBR*T*18***"),
        finds=Place("SBR*T", "2000B", 5),
    ),
    broken(
        "MEDICARE_SECOND_WITHOUT_REASON",
        "third",
        swap("SBR*S*01*******BL", "SBR*S*01*******MB"),
        finds=Place("SBR*S", "2320", 5),
    ),
    broken(
        "MEDICARE_REASON_NOT_USED",
        "office",
        swap("SBR*P*18*G-100**", "SBR*P*18*G-100**12"),
        finds=Place("SBR", "2000B", 5, severity=WARNING),
    ),
    broken(
        "MEDICARE_REASON_NOT_USED",
        "avoided",
        swap("SBR*P*18***", "SBR*P*18***12"),
        finds=Place("SBR*P", "2320", 5, severity=WARNING),
    ),
    broken("PROPERTY_CLAIM_NUMBER_MISSING", "auto", drop("REF*Y4"), finds=Place(_CLM, "2010BA", segment="REF")),
    broken("PATIENT_PROPERTY_NUMBER_MISSING", "work", drop("REF*Y4"), finds=Place(_CLM, "2010CA", segment="REF")),
    broken(
        "PROPERTY_NUMBER_OF_SUBSCRIBER",
        "work",
        put("NM1*IL", "REF*Y4*WC-2026-00417"),
        finds=Place("REF*Y4#1", "2010BA", severity=WARNING),
    ),
)

CLAIM: Final[tuple[Broken, ...]] = (
    broken(
        "REPLACEMENT_WITHOUT_ORIGINAL",
        "work",
        swap("CLM*RB01*175.5***11:B:1", "CLM*RB01*175.5***11:B:7"),
        finds=Place(_CLM, "2300", segment="REF"),
    ),
    broken(
        "REPLACEMENT_WITHOUT_ORIGINAL",
        "office",
        swap("CLM*RB01*175.5***11:B:1", "CLM*RB01*175.5***11:B:8"),
        finds=Place(_CLM, "2300", segment="REF"),
    ),
    broken(
        "ORIGINAL_WITH_CLAIM_NUMBER",
        "office",
        put("REF*G1*AUTH-1", "REF*F8*ICN1"),
        finds=Place("REF*F8", "2300", severity=WARNING),
    ),
    broken(
        "CLAIM_NUMBER_REPEATED",
        "family",
        swap("CLM*RB03", "CLM*RB01"),
        finds=Place("CLM*RB01*120", "2300", 1, severity=WARNING),
    ),
    broken("ACCIDENT_WITHOUT_DATE", "auto", drop("DTP*439"), finds=Place(_CLM, "2300", segment="DTP")),
    broken(
        "WORK_ACCIDENT_WITHOUT_DATE",
        "work",
        drop("DTP*439"),
        finds=Place(_CLM, "2300", severity=WARNING, segment="DTP"),
    ),
    broken(
        "AUTO_ACCIDENT_WITHOUT_STATE",
        "auto",
        swap("CLM*RB01*175.5***11:B:1*Y*A*Y*Y**AA:OA::IL", "CLM*RB01*175.5***11:B:1*Y*A*Y*Y**AA:OA"),
        finds=Place(_CLM, "2300", 11, 4),
    ),
    broken(
        "ACCIDENT_WITHOUT_CAUSE",
        "work",
        swap("CLM*RB01*175.5***11:B:1*Y*A*Y*Y**EM", "CLM*RB01*175.5***11:B:1*Y*A*Y*Y"),
        finds=Place("DTP*439", "2300", severity=WARNING),
    ),
    broken(
        "CAUSE_REPEATED",
        "work",
        swap("CLM*RB01*175.5***11:B:1*Y*A*Y*Y**EM", "CLM*RB01*175.5***11:B:1*Y*A*Y*Y**EM:EM"),
        finds=Place(_CLM, "2300", 11, 2, WARNING),
    ),
    broken("ADMISSION_DATE_MISSING", "inpatient", drop("DTP*435"), finds=Place(_CLM, "2300", segment="DTP")),
    broken("ACUTE_MANIFESTATION_MISSING", "spine", drop("DTP*453"), finds=Place("CR2", "2300", segment="DTP")),
    broken(
        "ATTACHMENT_WITHOUT_NUMBER",
        "office",
        swap("PWK*OZ*EL***AC*ATT1", "PWK*OZ*EL"),
        finds=Place("PWK*OZ*EL", "2300", 6),
    ),
    broken(
        "ATTACHMENT_WITHOUT_NUMBER",
        "office",
        swap("PWK*OZ*BM***AC*ATT2", "PWK*OZ*BM"),
        finds=Place("PWK*OZ*BM", "2400", 6),
    ),
    broken(
        "ATTACHMENT_NUMBER_NOT_USED",
        "office",
        swap("PWK*OZ*EL", "PWK*OZ*AA"),
        finds=Place("PWK*OZ*AA", "2300", 6, severity=WARNING),
    ),
    broken(
        "AMBULANCE_WITHOUT_TRANSPORT",
        "ambulance",
        drop("CR1"),
        finds=Place(_CLM, "2300", severity=WARNING, segment="CR1"),
    ),
    broken("AMBULANCE_WITHOUT_PICK_UP", "ambulance", drop("NM1*PW", 3), finds=Place("CR1", "2310E", segment="NM1")),
    broken("AMBULANCE_WITHOUT_DROP_OFF", "ambulance", drop("NM1*45", 3), finds=Place("CR1", "2310F", segment="NM1")),
    broken(
        "SCREENING_WITHOUT_REFERRAL", "screening", swap("CRC*ZZ*N*NU", "CRC*ZZ*N*AV"), finds=Place("CRC", "2300", 3)
    ),
    broken(
        "SCREENING_WITHOUT_REFERRAL", "screening", swap("CRC*ZZ*N*NU", "CRC*ZZ*Y*NU"), finds=Place("CRC", "2300", 3)
    ),
)

DAYS: Final[tuple[Broken, ...]] = (
    broken(
        "SERVICE_IN_FUTURE",
        "office",
        swap("DTP*472*D8*20261116", "DTP*472*D8*20261127"),
        finds=Place("DTP*472*D8*20261127", "2400", 3),
    ),
    broken(
        "SERVICE_IN_FUTURE",
        "equipment",
        swap("DTP*472*RD8*20261016-20261115", "DTP*472*RD8*20261116-20261215"),
        finds=Place("DTP*472", "2400", 3, severity=WARNING),
    ),
    broken(
        "EVENT_IN_FUTURE",
        "office",
        swap("DTP*304*D8*20261110", "DTP*304*D8*20261210"),
        finds=Place("DTP*304", "2300", 3),
    ),
    broken(
        "EVENT_IN_FUTURE",
        "office",
        put("DTP*472*D8*20261116", "DTP*455*D8*20261210"),
        finds=Place("DTP*455*D8*20261210", "2400", 3),
    ),
    broken(
        "EVENT_IN_FUTURE",
        "third",
        swap("DTP*573*D8*20261122", "DTP*573*D8*20261201"),
        finds=Place("DTP*573*D8*20261201", "2330B", 3, severity=WARNING),
    ),
    broken(
        "EVENT_IN_FUTURE",
        "two policies",
        swap("DTP*573*D8*20261120", "DTP*573*D8*20261201"),
        finds=Place("DTP*573*D8*20261201", "2430", 3, severity=WARNING),
    ),
    broken(
        "BIRTH_IN_FUTURE",
        "family",
        swap("DMG*D8*20261119*U", "DMG*D8*20271119*U"),
        finds=Place("DMG*D8*20271119", "2010CA", 2),
        also=frozenset({"SERVICE_BEFORE_BIRTH"}),
    ),
    broken(
        "BIRTH_IN_FUTURE",
        "office",
        swap("DMG*D8*19480229", "DMG*D8*20480229"),
        finds=Place("DMG", "2010BA", 2),
        also=frozenset({"SERVICE_BEFORE_BIRTH"}),
    ),
    broken(
        "CREATED_IN_FUTURE",
        "office",
        swap("BHT*0019*00*RB-41*20261123", "BHT*0019*00*RB-41*20261223"),
        finds=Place("BHT", "HEADER", 4, severity=WARNING),
    ),
    broken(
        "PERIOD_BACKWARDS",
        "office",
        swap("DTP*472*RD8*20261117-20261118", "DTP*472*RD8*20261117-20261115"),
        finds=Place("DTP*472*RD8", "2400", 3),
    ),
    broken(
        "PERIOD_BACKWARDS",
        "office",
        swap("DTP*314*RD8*20260901-20260930", "DTP*314*RD8*20260901-20260830"),
        finds=Place("DTP*314", "2300", 3),
    ),
    broken(
        "SERVICE_BEFORE_BIRTH",
        "family",
        swap("DTP*472*D8*20261119", "DTP*472*D8*20261115"),
        finds=Place("DTP*472*D8*20261115", "2400", 3),
    ),
    broken(
        "SERVICE_AFTER_DEATH",
        "auto abroad",
        swap("PAT*****D8*20261117", "PAT*****D8*20261116"),
        finds=Place("DTP*472*D8*20261117", "2400", 3, severity=WARNING),
    ),
    broken(
        "DISABILITY_FORMAT",
        "office",
        swap("DTP*314*RD8*20260901-20260930", "DTP*314*D8*20260901"),
        finds=Place("DTP*314", "2300", 2),
    ),
    broken(
        "DISABILITY_FORMAT",
        "office",
        swap("DTP*314*RD8*20260901-20260930", "DTP*361*RD8*20260901-20260930"),
        finds=Place("DTP*361", "2300", 2),
    ),
    broken(
        "EVENT_AFTER_SERVICE",
        "work",
        swap("DTP*439*D8*20260930", "DTP*439*D8*20261120"),
        finds=Place("DTP*439", "2300", 3, severity=WARNING),
    ),
    broken(
        "EVENT_AFTER_SERVICE",
        "spine",
        swap("DTP*454*D8*20261101", "DTP*454*D8*20261117"),
        finds=Place("DTP*454", "2300", 3, severity=WARNING),
    ),
    broken(
        "DISCHARGE_BEFORE_ADMISSION",
        "inpatient",
        swap("DTP*096*D8*20261120", "DTP*096*D8*20261113"),
        finds=Place("DTP*435", "2300", 3),
    ),
    broken(
        "RETURN_BEFORE_LAST_WORKED",
        "office",
        swap("DTP*296*D8*20261001", "DTP*296*D8*20260801"),
        finds=Place("DTP*297", "2300", 3, severity=WARNING),
    ),
    broken(
        "CARE_GIVEN_UP_BEFORE_TAKEN_ON",
        "office",
        swap("DTP*091*D8*20261101", "DTP*091*D8*20260801"),
        finds=Place("DTP*090", "2300", 3, severity=WARNING),
    ),
)

DIAGNOSES: Final[tuple[Broken, ...]] = (
    broken("DIAGNOSIS_WITH_POINT", "office", swap("HI*ABK:M5459", "HI*ABK:M54.59"), finds=Place("HI", "2300", 1, 2)),
    broken(
        "DIAGNOSES_MIXED",
        "office",
        swap("HI*ABK:M5459*ABF:M6281", "HI*ABK:M5459*BF:72887"),
        finds=Place("HI", "2300", 2, 1),
    ),
    broken(
        "DIAGNOSIS_CODE_SET_OF_ANOTHER_DAY",
        "old",
        swap("HI*BK:7245*BF:72887", "HI*ABK:M5459*ABF:M6281"),
        finds=Place("HI", "2300", 1, 1),
    ),
    broken(
        "DIAGNOSIS_CODE_SET_OF_ANOTHER_DAY",
        "office",
        swap("HI*ABK:M5459*ABF:M6281", "HI*BK:7245*BF:72887"),
        finds=Place("HI", "2300", 1, 1),
    ),
    broken(
        "DIAGNOSIS_REPEATED",
        "office",
        swap("HI*ABK:M5459*ABF:M6281", "HI*ABK:M5459*ABF:M5459"),
        finds=Place("HI", "2300", 2, 2, WARNING),
    ),
    broken(
        "CAUSE_AS_PRINCIPAL_DIAGNOSIS",
        "auto",
        swap("HI*ABK:M5459*ABF:M6281*ABF:V4352XA", "HI*ABK:V4352XA*ABF:M6281"),
        finds=Place("HI", "2300", 1, 2, WARNING),
    ),
    broken(
        "POINTER_TO_NOTHING",
        "office",
        swap("SV1*HC:97110:GP:KX*120.5*UN*2***1:2", "SV1*HC:97110:GP:KX*120.5*UN*2***1:3"),
        finds=Place("SV1*HC:97110", "2400", 7, 2),
    ),
    broken(
        "POINTER_REPEATED",
        "office",
        swap("SV1*HC:97110:GP:KX*120.5*UN*2***1:2", "SV1*HC:97110:GP:KX*120.5*UN*2***1:1"),
        finds=Place("SV1*HC:97110", "2400", 7, 2, WARNING),
    ),
)
