"""Single faults of an 837P: providers, service lines, other payers, balances, and codes."""

from typing import Final

from tests.edi.rules.broken import WARNING, Broken, Place, broken, drop, put, swap

_CLM: Final = "CLM*RB01"
_SV1: Final = "SV1*HC:97110"

PROVIDERS: Final[tuple[Broken, ...]] = (
    broken("PRIMARY_CARE_WITHOUT_REFERRING", "office", drop("NM1*DN"), finds=Place("NM1*P3", "2310A", 1)),
    broken(
        "PRIMARY_CARE_WITHOUT_REFERRING",
        "office",
        put("NM1*82*1*ODEGARD", "NM1*P3*1*VANCE*TIL"),
        finds=Place("NM1*P3*1*VANCE*TIL", "2420F", 1),
    ),
    broken(
        "RENDERING_IS_BILLING",
        "office",
        swap("NM1*82*1*BRANDT*IWAN****XX*1900000021", "NM1*82*1*BRANDT*IWAN****XX*1900000013"),
        finds=Place("NM1*82*1*BRANDT", "2310B", 9, severity=WARNING),
    ),
    broken(
        "LINE_PROVIDER_IS_CLAIMS",
        "office",
        swap("NM1*82*1*ODEGARD*AEVA****XX*1900000070", "NM1*82*1*ODEGARD*AEVA****XX*1900000021"),
        finds=Place("NM1*82*1*ODEGARD", "2420A", 9, severity=WARNING),
    ),
    broken(
        "LINE_PROVIDER_IS_CLAIMS",
        "office",
        swap("NM1*77*2*RIVERBEND POOL*****XX*1900000062", "NM1*77*2*RIVERBEND POOL*****XX*1900000047"),
        finds=Place("NM1*77*2*RIVERBEND POOL", "2420C", 9, severity=WARNING),
    ),
    broken(
        "LINE_RENDERING_IS_BILLING",
        "spine",
        put("REF*6R*L1", "NM1*82*2*RIVERBEND*****XX*1900000013"),
        finds=Place("NM1*82", "2420A", 9, severity=WARNING),
    ),
    broken(
        "LINE_REFERRING_WITHOUT_CLAIMS",
        "spine",
        put("REF*6R*L1", "NM1*DN*1*OKAFOR*LIEN****XX*1900000039"),
        finds=Place("NM1*DN", "2310A", severity=WARNING, segment="NM1"),
    ),
    broken(
        "SERVICE_LOCATION_IS_BILLING",
        "office",
        swap("N3*9 ELM ROAD", "N3*100 MILL STREET"),
        swap("N4*URBANA*IL*618010002", "N4*SPRINGFIELD*IL*627010001"),
        finds=Place("NM1*77*2*RIVERBEND ANNEX", "2310C", 9, severity=WARNING),
    ),
    broken(
        "EQUIPMENT_WITHOUT_ORDERING_PROVIDER",
        "equipment",
        drop("NM1*DK", 3),
        finds=Place("SV5", "2420E", severity=WARNING, segment="NM1"),
    ),
    broken("EQUIPMENT_IS_ANOTHER", "equipment", swap("SV5*HC:E0730", "SV5*HC:E0720"), finds=Place("SV5", "2400", 1, 2)),
)

LINES: Final[tuple[Broken, ...]] = (
    broken(
        "UNITS_NOT_ABOVE_ZERO",
        "office",
        swap("SV1*HC:97110:GP:KX*120.5*UN*2", "SV1*HC:97110:GP:KX*120.5*UN*0"),
        finds=Place(_SV1, "2400", 4),
    ),
    broken(
        "UNITS_NOT_ABOVE_ZERO",
        "office",
        swap("SV1*HC:97110:GP:KX*120.5*UN*2", "SV1*HC:97110:GP:KX*120.5*UN*-2"),
        finds=Place(_SV1, "2400", 4),
    ),
    broken(
        "UNITS_WITH_FOUR_DECIMALS",
        "office",
        swap("SV1*HC:97110:GP:KX*120.5*UN*2", "SV1*HC:97110:GP:KX*120.5*UN*1.1234"),
        finds=Place(_SV1, "2400", 4),
    ),
    broken(
        "MINUTES_OF_OTHER_THAN_ANAESTHESIA",
        "office",
        swap("SV1*HC:97110:GP:KX*120.5*UN*2", "SV1*HC:97110:GP:KX*120.5*MJ*30"),
        finds=Place(_SV1, "2400", 3, severity=WARNING),
    ),
    broken(
        "LINE_PLACE_IS_CLAIMS",
        "office",
        swap("SV1*HC:97110:GP:KX*120.5*UN*2*", "SV1*HC:97110:GP:KX*120.5*UN*2*11"),
        finds=Place(_SV1, "2400", 5, severity=WARNING),
    ),
    broken(
        "MODIFIER_REPEATED",
        "office",
        swap("SV1*HC:97110:GP:KX", "SV1*HC:97110:GP:GP"),
        finds=Place(_SV1, "2400", 1, 4, WARNING),
    ),
    broken(
        "MODIFIER_GAP",
        "office",
        swap("SV1*HC:97110:GP:KX", "SV1*HC:97110::KX"),
        finds=Place(_SV1, "2400", 1, 4, WARNING),
    ),
    broken(
        "UNLISTED_WITHOUT_DESCRIPTION",
        "office",
        swap("SV1*HC:97139:GP::::TAPING", "SV1*HC:97139:GP"),
        finds=Place("SV1*HC:97139", "2400", 1, 7, WARNING),
    ),
    broken("LINE_NUMBER_REPEATED", "office", swap("REF*6R*L3", "REF*6R*L1"), finds=Place("REF*6R*L1#2", "2400", 2)),
    broken(
        "AUTHORIZATION_IS_CLAIMS",
        "office",
        swap("REF*G1*AUTH-2", "REF*G1*AUTH-1"),
        finds=Place("REF*G1*AUTH-1#2", "2400", 2, severity=WARNING),
    ),
    broken(
        "AUTHORIZATION_IS_CLAIMS",
        "office",
        swap("REF*9F*RF-2", "REF*9F*RF-1"),
        finds=Place("REF*9F*RF-1#2", "2400", 2, severity=WARNING),
    ),
    *(
        broken(
            "AUTHORIZATION_OF_SAME_PAYER_TWICE",
            "office",
            put(first, second),
            finds=Place(second, "2400"),
        )
        for first, second in (("REF*G1*AUTH-2", "REF*G1*AUTH-3"), ("REF*9F*RF-2", "REF*9F*RF-3"))
    ),
    broken(
        "LINE_NUMBER_TOO_LONG",
        "office",
        swap("REF*6R*L3", f"REF*6R*{'L' * 31}"),
        finds=Place(f"REF*6R*{'L' * 31}", "2400", 2),
    ),
    broken(
        "CLAIM_NUMBER_TOO_LONG",
        "office",
        swap(f"{_CLM}*", f"CLM*{'R' * 21}*"),
        finds=Place("CLM", "2300", 1, severity=WARNING),
    ),
)

OTHERS: Final[tuple[Broken, ...]] = (
    broken("PAYER_SEQUENCE_REPEATED", "third", swap("SBR*S", "SBR*P"), finds=Place("SBR*P#2", "2320", 1)),
    broken("PAYER_SEQUENCE_REPEATED", "third", swap("SBR*S", "SBR*T"), finds=Place("SBR*T#2", "2320", 1)),
    broken("EARLIER_PAYER_MISSING", "avoided", drop("SBR*P", 5), finds=Place(_CLM, "2320", segment="SBR")),
    broken("OTHER_PAYER_PAID_MISSING", "denied before", drop("AMT*D"), finds=Place("SBR*P", "2320", segment="AMT")),
    broken("OTHER_PAYER_PAID_MISSING", "two policies", drop("AMT*D*30"), finds=Place("SBR*P", "2320", segment="AMT")),
    broken("OTHER_PAYER_DATE_MISSING", "denied before", drop("DTP*573"), finds=Place("AMT*D", "2330B", segment="DTP")),
    broken(
        "PATIENT_SHARE_TWICE",
        "third",
        put("AMT*D*105", "AMT*EAF*40"),
        finds=Place("AMT*EAF*40", "2320", severity=WARNING),
    ),
    broken(
        "OTHER_PAYER_DATED_TWICE",
        "third",
        put("NM1*PR*2*FIRST PLAN", "DTP*573*D8*20261120"),
        finds=Place("DTP*573*D8*20261120#1", "2330B", severity=WARNING),
    ),
    broken(
        "NOT_COVERED_YET_ADJUDICATED",
        "avoided",
        put("AMT*A8", "AMT*D*175.5"),
        put("NM1*PR*2*INVENTED MEDICARE", "DTP*573*D8*20261120"),
        finds=Place("AMT*A8", "2320"),
    ),
    broken("NOT_COVERED_YET_ADJUDICATED", "avoided", put("SBR*P", "CAS*CO*96*175.5"), finds=Place("AMT*A8", "2320")),
    broken(
        "LATER_PAYER_HAS_DECIDED", "third", swap("SBR*S", "SBR*A"), finds=Place("AMT*D*165", "2320", severity=WARNING)
    ),
    broken(
        "LINE_PAYER_UNKNOWN",
        "two policies",
        swap("SVD*PLAN1", "SVD*PLAN7"),
        finds=Place("SVD*PLAN7", "2430", 1),
        also=frozenset({"OTHER_PAYER_DATE_MISSING", "OTHER_PAYER_OUT_OF_BALANCE"}),
    ),
    broken(
        "BUNDLED_INTO_NOTHING",
        "third",
        swap("SVD*PLAN1*0*HC:97110:GP**1*1", "SVD*PLAN1*0*HC:97110:GP**1*4"),
        finds=Place("SVD*PLAN1*0*HC:97110", "2430", 6),
    ),
    broken(
        "OTHER_PAYER_ID_REPEATED",
        "third",
        swap("NM1*PR*2*SECOND PLAN*****PI*PLAN2", "NM1*PR*2*SECOND PLAN*****PI*PLAN1"),
        drop("DTP*573*D8*20261122"),
        finds=Place("NM1*PR*2*SECOND", "2330B", 9, severity=WARNING),
        also=frozenset({"PATIENT_SHARE_TWICE"}),
    ),
    broken(
        "ADJUSTMENT_GROUP_REPEATED",
        "third",
        swap("CAS*PR*2*15", "CAS*CO*2*15"),
        finds=Place("CAS*CO*2*15", "2320", 1, severity=WARNING),
    ),
    broken(
        "ADJUSTMENT_GROUP_REPEATED",
        "two policies",
        swap("CAS*PR*2*20", "CAS*CO*2*20"),
        finds=Place("CAS*CO*2*20", "2430", 1, severity=WARNING),
    ),
)

BALANCES: Final[tuple[Broken, ...]] = (
    broken(
        "CHARGE_IS_NOT_ITS_LINES", "office", swap("CLM*RB01*175.5", "CLM*RB01*175.51"), finds=Place(_CLM, "2300", 2)
    ),
    broken(
        "CHARGE_IS_NOT_ITS_LINES",
        "inpatient",
        swap("SV1*HC:97140:GP*55", "SV1*HC:97140:GP*54.99"),
        finds=Place(_CLM, "2300", 2),
    ),
    broken(
        "CHARGE_BELOW_ZERO",
        "office",
        swap("SV1*HC:97139:GP::::TAPING*55", "SV1*HC:97139:GP::::TAPING*-55"),
        swap("CLM*RB01*175.5", "CLM*RB01*65.5"),
        finds=Place("SV1*HC:97139", "2400", 2),
    ),
    broken(
        "CHARGE_BELOW_ZERO",
        "spine",
        swap("SV1*HC:98940:AT*50", "SV1*HC:98940:AT*-50"),
        swap("CLM*RB01*50", "CLM*RB01*-50"),
        finds=(Place(_CLM, "2300", 2), Place("SV1", "2400", 2)),
    ),
    broken(
        "PATIENT_PAID_MORE_THAN_CHARGED",
        "office",
        swap("AMT*F5*20", "AMT*F5*175.51"),
        finds=Place("AMT*F5", "2300", 2, severity=WARNING),
    ),
    broken(
        "PATIENT_PAID_MORE_THAN_CHARGED",
        "office",
        swap("AMT*F5*20", "AMT*F5*-20"),
        finds=Place("AMT*F5", "2300", 2, severity=WARNING),
    ),
    broken("OTHER_PAYER_OUT_OF_BALANCE", "third", swap("AMT*D*165", "AMT*D*164"), finds=Place("AMT*D*164", "2320", 2)),
    broken(
        "OTHER_PAYER_OUT_OF_BALANCE",
        "denied before",
        swap("CAS*CO*96*175.5", "CAS*CO*96*175.05"),
        finds=Place("AMT*D", "2320", 2),
    ),
    broken(
        "OTHER_PAYER_PAID_IS_NOT_ITS_LINES",
        "third",
        swap("AMT*D*105", "AMT*D*104"),
        finds=Place("AMT*D*104", "2320", 2),
    ),
    broken(
        "OTHER_PAYER_PAID_IS_NOT_ITS_LINES",
        "third",
        swap("CAS*PR*1*5", "CAS*PR*1*4"),
        finds=Place("AMT*D*105", "2320", 2),
    ),
    broken(
        "LINE_ADJUDICATION_OUT_OF_BALANCE",
        "third",
        swap("CAS*PR*3*10", "CAS*PR*3*11"),
        finds=Place("SVD*PLAN1*80", "2430", 2),
    ),
    broken(
        "LINE_ADJUDICATION_OUT_OF_BALANCE",
        "third",
        swap("CAS*CO*94*-10", "CAS*CO*94*-11"),
        finds=Place("SVD*PLAN1*30", "2430", 2),
    ),
    broken(
        "NOT_COVERED_IS_NOT_THE_CHARGE", "avoided", swap("AMT*A8*175.5", "AMT*A8*175"), finds=Place("AMT*A8", "2320", 2)
    ),
    broken(
        "OTHER_PAYER_PATIENT_SHARE_TOO_MUCH",
        "third",
        swap("AMT*EAF*15", "AMT*EAF*36"),
        finds=Place("AMT*EAF*36", "2320", 2, severity=WARNING),
    ),
    broken(
        "OTHER_PAYER_PATIENT_SHARE_TOO_MUCH",
        "third",
        swap("AMT*EAF*10", "AMT*EAF*-10"),
        finds=Place("AMT*EAF*-10", "2430", 2, severity=WARNING),
    ),
)

CODES: Final[tuple[Broken, ...]] = (
    broken(
        "NPI_CHECK_DIGIT",
        "office",
        swap("NM1*82*1*BRANDT*IWAN****XX*1900000021", "NM1*82*1*BRANDT*IWAN****XX*1900000022"),
        finds=Place("NM1*82*1*BRANDT", "2310B", 9),
    ),
    broken(
        "NPI_CHECK_DIGIT",
        "office",
        swap("NM1*85*2*RIVERBEND THERAPY*****XX*1900000013", "NM1*85*2*RIVERBEND THERAPY*****XX*190000013"),
        finds=Place("NM1*85", "2010AA", 9),
    ),
    broken(
        "NPI_CHECK_DIGIT",
        "office",
        swap("NM1*82*1*ODEGARD*AEVA****XX*1900000070", "NM1*82*1*ODEGARD*AEVA****XX*1900000071"),
        finds=Place("NM1*82*1*ODEGARD", "2420A", 9),
    ),
    *(
        broken("NDC_SHAPE", "auto", put("REF*6R*L2", f"LIN**N4*{ndc}", "CTP****2*UN"), finds=Place("LIN", "2410", 3))
        for ndc in ("0002-8215-01", "0002821501", "00028215O01")
    ),
    broken(
        "ZIP_SHAPE", "office", swap("N4*PEORIA*IL*61602", "N4*PEORIA*IL*6160"), finds=Place("N4*PEORIA", "2010BA", 3)
    ),
    broken(
        "ZIP_SHAPE",
        "office",
        swap("N4*SPRINGFIELD*IL*627010001", "N4*SPRINGFIELD*IL*62701-0001"),
        finds=Place("N4*SPRINGFIELD*IL*62701-", "2010AA", 3),
    ),
    broken(
        "TAXONOMY_SHAPE",
        "office",
        swap("PRV*PE*PXC*225100000X", "PRV*PE*PXC*225100000"),
        finds=Place("PRV*PE", "2310B", 3),
    ),
    broken(
        "TAXONOMY_SHAPE",
        "office",
        swap("PRV*BI*PXC*261QP2000X", "PRV*BI*PXC*261QP2000"),
        finds=Place("PRV*BI", "2000A", 3),
    ),
    broken("PROCEDURE_SHAPE", "office", swap("SV1*HC:97110", "SV1*HC:9711"), finds=Place("SV1*HC:9711", "2400", 1, 2)),
    broken(
        "PROCEDURE_SHAPE",
        "two policies",
        swap("SVD*PLAN1*30*HC:97140", "SVD*PLAN1*30*HC:97140X"),
        finds=Place("SVD*PLAN1", "2430", 3, 2),
    ),
    broken(
        "MODIFIER_SHAPE",
        "office",
        swap("SV1*HC:97110:GP:KX", "SV1*HC:97110:GP:kx"),
        finds=Place("SV1*HC:97110", "2400", 1, 4),
    ),
    broken(
        "MODIFIER_SHAPE",
        "two policies",
        swap("SVD*PLAN1*30*HC:97140:GP", "SVD*PLAN1*30*HC:97140:G-"),
        finds=Place("SVD*PLAN1", "2430", 3, 3),
    ),
    broken("STATE_NOT_LISTED", "office", swap("N4*PEORIA*IL", "N4*PEORIA*QX"), finds=Place("N4*PEORIA", "2010BA", 2)),
    broken(
        "STATE_NOT_LISTED", "abroad", swap("N4*GATINEAU*QC", "N4*GATINEAU*QX"), finds=Place("N4*GATINEAU", "2010BA", 2)
    ),
    broken(
        "STATE_NOT_LISTED",
        "auto",
        swap("CLM*RB01*175.5***11:B:1*Y*A*Y*Y**AA:OA::IL", "CLM*RB01*175.5***11:B:1*Y*A*Y*Y**AA:OA::QX"),
        finds=Place(_CLM, "2300", 11, 4),
    ),
    broken(
        "COUNTRY_NOT_LISTED",
        "abroad",
        swap("N4*KIEL***DE", "N4*KIEL***QX"),
        finds=Place("N4*KIEL", "2010BA", 4),
    ),
    broken("CURRENCY_NOT_LISTED", "office", put("PRV*BI", "CUR*85*QQQ"), finds=Place("CUR", "2000A", 2)),
    broken(
        "PLACE_NOT_LISTED",
        "office",
        swap("CLM*RB01*175.5***11", "CLM*RB01*175.5***ZZ"),
        finds=Place(_CLM, "2300", 5, 1),
    ),
    broken(
        "PLACE_NOT_LISTED",
        "office",
        swap("SV1*HC:97139:GP::::TAPING*55*UN*1*12", "SV1*HC:97139:GP::::TAPING*55*UN*1*Z9"),
        finds=Place("SV1*HC:97139", "2400", 5),
    ),
    broken("DIAGNOSIS_NOT_LISTED", "office", swap("HI*ABK:M5459", "HI*ABK:M545"), finds=Place("HI", "2300", 1, 2)),
    broken(
        "DIAGNOSIS_NOT_LISTED",
        "office",
        swap("HI*ABK:M5459*ABF:M6281", "HI*ABK:M5459*ABF:8888"),
        finds=Place("HI", "2300", 2, 2),
    ),
    broken("CARC_NOT_LISTED", "third", swap("CAS*CO*45*20", "CAS*CO*9ZZ*20"), finds=Place("CAS*CO*9ZZ", "2320", 2)),
    broken(
        "CARC_NOT_LISTED", "two policies", swap("CAS*OA*23*35", "CAS*OA*23*30**9ZZ*5"), finds=Place("CAS*OA", "2430", 5)
    ),
    broken("RARC_NOT_LISTED", "denied before", swap("MOA***N115", "MOA***QQQ"), finds=Place("MOA", "2320", 3)),
)
