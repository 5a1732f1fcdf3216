"""Single faults of an 835."""

from typing import Final

from tests.edi.rules.broken import WARNING, Broken, Place, broken, drop, put, swap

_BPR: Final = "BPR*I*129.5*C*ACH*CCP*01*123456780*DA*100200300*1512345678**01*876543212"
_CLP: Final = "CLP*RB01"

BALANCES: Final[tuple[Broken, ...]] = (
    broken("PAYMENT_OUT_OF_BALANCE", "paid", swap("BPR*I*129.5", "BPR*I*129.49"), finds=Place("BPR", "HEADER", 2)),
    broken(
        "PAYMENT_OUT_OF_BALANCE",
        "capitation",
        swap("PLB*1900000013*20261231*CT:NOV*-1300", "PLB*1900000013*20261231*CT:NOV*-1301"),
        finds=Place("BPR", "HEADER", 2),
    ),
    broken(
        "PAYMENT_OUT_OF_BALANCE",
        "reversed",
        swap("PLB*1900000013*20261231*L6:ICN0003*-20", "PLB*1900000013*20261231*L6:ICN0003*20"),
        finds=Place("BPR", "HEADER", 2),
    ),
    broken(
        "PAYMENT_BELOW_ZERO",
        "capitation",
        swap("BPR*I*1250", "BPR*I*-50"),
        swap("PLB*1900000013*20261231*CT:NOV*-1300*FB*50", "PLB*1900000013*20261231*WO:ICN1*50"),
        finds=Place("BPR", "HEADER", 2),
    ),
    broken("CLAIM_OUT_OF_BALANCE", "check", swap("CAS*CO*45*200", "CAS*CO*45*199"), finds=Place(_CLP, "2100", 4)),
    broken(
        "CLAIM_OUT_OF_BALANCE",
        "paid",
        swap("CLP*RB01*1*175.5*130", "CLP*RB01*1*175.5*131"),
        swap("BPR*I*129.5", "BPR*I*130.5"),
        finds=Place(_CLP, "2100", 4),
    ),
    broken(
        "LINE_OUT_OF_BALANCE",
        "paid",
        swap("SVC*HC:97110:GP:KX*120.5*100", "SVC*HC:97110:GP:KX*120.5*101"),
        finds=Place("SVC*HC:97110:GP:KX", "2110", 3),
    ),
    broken(
        "LINE_OUT_OF_BALANCE",
        "bundled",
        swap("SVC*HC:97530:GP*30*0", "SVC*HC:97530:GP*30*1"),
        finds=Place("SVC*HC:97530:GP*30", "2110", 3),
    ),
    broken(
        "CLAIM_CHARGE_IS_NOT_ITS_LINES",
        "bundled",
        swap("CLP*RB01*1*100*60", "CLP*RB01*1*101*61"),
        swap("BPR*I*60", "BPR*I*61"),
        finds=Place(_CLP, "2100", 3, severity=WARNING),
    ),
    broken(
        "PATIENT_SHARE_IS_NOT_ITS_ADJUSTMENTS",
        "paid",
        swap("CLP*RB01*1*175.5*130*25.5", "CLP*RB01*1*175.5*130*25"),
        finds=Place(_CLP, "2100", 5, severity=WARNING),
    ),
    broken(
        "PATIENT_SHARE_IS_NOT_ITS_ADJUSTMENTS",
        "check",
        swap("CLP*RB01*1*1000*700*100", "CLP*RB01*1*1000*700*"),
        finds=Place(_CLP, "2100", 5, severity=WARNING),
    ),
    broken(
        "REVERSAL_WITH_CHARGE",
        "reversed",
        swap("CLP*RB02*2*", "CLP*RB02*22*"),
        finds=Place("CLP*RB02", "2100", 3),
        also=frozenset({"REVERSAL_WITH_PAYMENT"}),
    ),
    broken(
        "REVERSAL_WITH_PAYMENT",
        "reversed",
        swap("SVC*HC:97140:GP*-55*-30", "SVC*HC:97140:GP*-55*30"),
        swap("CLP*RB01*22*-55*-30", "CLP*RB01*22*-55*30"),
        swap("CAS*CO*45*-20", "CAS*CO*45*-80"),
        swap("BPR*I*40", "BPR*I*100"),
        finds=Place("CLP*RB01*22", "2100", 4, severity=WARNING),
    ),
    broken(
        "CHARGE_BELOW_ZERO_WITHOUT_REVERSAL",
        "reversed",
        swap("CLP*RB01*22*-55*-30*", "CLP*RB01*1*-55*-30*-5"),
        finds=Place("CLP*RB01*1*-55", "2100", 3, severity=WARNING),
    ),
    broken(
        "REVERSAL_WITH_PATIENT_SHARE",
        "reversed",
        swap("CLP*RB01*22*-55*-30*", "CLP*RB01*22*-55*-30*-5"),
        finds=Place("CLP*RB01*22", "2100", 5, severity=WARNING),
    ),
    broken(
        "SUMMARY_IS_NOT_ITS_CLAIMS",
        "check",
        swap("TS3*1900000013*21*20261231*2", "TS3*1900000013*21*20261231*3"),
        finds=Place("TS3", "2000", 4, severity=WARNING),
    ),
    broken(
        "SUMMARY_IS_NOT_ITS_CLAIMS",
        "check",
        swap("TS3*1900000013*21*20261231*2*1055", "TS3*1900000013*21*20261231*2*1050"),
        finds=Place("TS3", "2000", 5, severity=WARNING),
    ),
)

PAYMENT: Final[tuple[Broken, ...]] = (
    broken(
        "NO_PAYMENT_WITH_AMOUNT", "check", swap("BPR*I*700*C*CHK", "BPR*I*700*C*NON"), finds=Place("BPR", "HEADER", 2)
    ),
    broken(
        "NO_PAYMENT_WITH_AMOUNT", "check", swap("BPR*I*700*C*CHK", "BPR*H*700*C*NON"), finds=Place("BPR", "HEADER", 2)
    ),
    broken(
        "NOTIFICATION_BY_PAYMENT",
        "notice",
        swap("BPR*H*0*C*NON", "BPR*H*0*C*CHK"),
        finds=Place("BPR", "HEADER", 4),
        also=frozenset({"PAYMENT_OF_NOTHING"}),
    ),
    broken(
        "PAYMENT_OF_NOTHING",
        "notice",
        swap("BPR*H*0*C*NON", "BPR*I*0*C*CHK"),
        finds=Place("BPR", "HEADER", 4, severity=WARNING),
    ),
    *(
        broken(
            "TRANSFER_WITHOUT_ACCOUNTS",
            "paid",
            swap(_BPR, without),
            finds=tuple(Place("BPR", "HEADER", one) for one in missing),
        )
        for without, missing in (
            ("BPR*I*129.5*C*ACH*CCP***DA*100200300*1512345678**01*876543212", (6, 7)),
            ("BPR*I*129.5*C*ACH*CCP*01*123456780***1512345678**01*876543212", (8, 9)),
            ("BPR*I*129.5*C*ACH*CCP*01*123456780*DA*100200300***01*876543212", (10,)),
            ("BPR*I*129.5*C*ACH*CCP*01*123456780*DA*100200300*1512345678***", (12, 13)),
        )
    ),
    broken(
        "TRANSFER_WITHOUT_FORMAT",
        "paid",
        swap("BPR*I*129.5*C*ACH*CCP", "BPR*I*129.5*C*ACH*"),
        finds=Place("BPR", "HEADER", 5),
    ),
    broken(
        "ACCOUNTS_NOT_USED",
        "check",
        swap("BPR*I*700*C*CHK***", "BPR*I*700*C*CHK**01*123456780"),
        finds=(Place("BPR", "HEADER", 6, severity=WARNING), Place("BPR", "HEADER", 7, severity=WARNING)),
    ),
    broken(
        "TRACE_OF_ANOTHER_PAYER",
        "paid",
        swap("TRN*1*EFT00000001*1512345678", "TRN*1*EFT00000001*1512345679"),
        finds=Place("TRN", "HEADER", 3, severity=WARNING),
    ),
    broken(
        "TRACE_OF_ANOTHER_BRANCH",
        "paid",
        swap(
            "BPR*I*129.5*C*ACH*CCP*01*123456780*DA*100200300*1512345678**",
            "BPR*I*129.5*C*ACH*CCP*01*123456780*DA*100200300*1512345678*000000001*",
        ),
        swap("TRN*1*EFT00000001*1512345678", "TRN*1*EFT00000001*1512345678*000000002"),
        finds=Place("TRN", "HEADER", 4, severity=WARNING),
    ),
    broken(
        "PAYER_ID_SHAPE",
        "check",
        swap("TRN*1*EFT00000001*1512345678", "TRN*1*EFT00000001*0512345678"),
        finds=Place("TRN", "HEADER", 3, severity=WARNING),
    ),
    broken(
        "PAYEE_WITHOUT_TAX_ID", "paid", drop("REF*TJ"), finds=Place("N1*PE", "1000B", severity=WARNING, segment="REF")
    ),
    broken("FORWARDED_TO_NOBODY", "check", drop("NM1*TT"), finds=Place("CLP*RB02", "2100", segment="NM1")),
    broken("DENIED_YET_PAID", "paid", swap("CLP*RB01*1", "CLP*RB01*4"), finds=Place(_CLP, "2100", 2, severity=WARNING)),
    broken(
        "SECOND_WITHOUT_FIRST",
        "reversed",
        swap("CAS*OA*23*70", "CAS*OA*94*70"),
        finds=Place("CLP*RB02", "2100", 2, severity=WARNING),
    ),
    broken(
        "SERVICE_WITHOUT_DATE",
        "paid",
        drop("DTM*472*20261118"),
        finds=Place("SVC*HC:97140:GP*55*30", "2110", segment="DTM"),
    ),
    broken(
        "SERVICE_WITHOUT_DATE",
        "bundled",
        drop("DTM*232"),
        finds=(Place("SVC*HC:97530:GP*70", "2110", segment="DTM"), Place("SVC*HC:97530:GP*30", "2110", segment="DTM")),
    ),
    broken("CLAIM_WITHOUT_DATE", "check", drop("DTM*232*20261114#2"), finds=Place("CLP*RB02", "2100", segment="DTM")),
    broken(
        "SERVICE_DATED_TWICE",
        "paid",
        put("DTM*472*20261118", "DTM*150*20261118"),
        finds=Place("DTM*150*20261118", "2110", severity=WARNING),
    ),
    broken(
        "END_WITHOUT_BEGIN", "paid", drop("DTM*150"), finds=Place("DTM*151", "2110", severity=WARNING, segment="DTM")
    ),
    broken(
        "END_WITHOUT_BEGIN",
        "check",
        drop("DTM*232*20261114#1"),
        finds=Place("DTM*233", "2100", severity=WARNING, segment="DTM"),
    ),
    broken("END_BEFORE_BEGIN", "paid", swap("DTM*151*20261117", "DTM*151*20261115"), finds=Place("DTM*151", "2110", 2)),
    broken(
        "END_BEFORE_BEGIN", "check", swap("DTM*233*20261120", "DTM*233*20261113"), finds=Place("DTM*233", "2100", 2)
    ),
    broken(
        "PAID_SERVICE_IN_FUTURE",
        "paid",
        swap("DTM*472*20261118", "DTM*472*20271118"),
        finds=Place("DTM*472*20271118", "2110", 2),
    ),
    broken(
        "PAID_SERVICE_IN_FUTURE",
        "check",
        swap("DTM*233*20261120", "DTM*233*20261220"),
        finds=Place("DTM*233", "2100", 2, severity=WARNING),
    ),
    broken(
        "PRODUCED_IN_FUTURE",
        "paid",
        swap("DTM*405*20261119", "DTM*405*20271119"),
        finds=Place("DTM*405", "HEADER", 2, severity=WARNING),
    ),
    broken("INPATIENT_AND_OUTPATIENT", "check", put("MIA", "MOA***MA01"), finds=Place("MOA", "2100", severity=WARNING)),
    broken(
        "SUBMITTED_PROCEDURE_IS_THE_SAME",
        "bundled",
        swap("SVC*HC:97530:GP*30*0**0*HC:97140:GP", "SVC*HC:97530:GP*30*0**0*HC:97530:GP"),
        finds=Place("SVC*HC:97530:GP*30", "2110", 6, severity=WARNING),
    ),
    broken(
        "PAID_LINE_NUMBER_REPEATED",
        "paid",
        swap("REF*6R*L2", "REF*6R*L1"),
        finds=Place("REF*6R*L1#2", "2110", 2, severity=WARNING),
    ),
    broken(
        "ADJUSTMENT_OF_NOTHING",
        "bundled",
        put("CAS*CO*45*10", "CAS*OA*23*0"),
        finds=Place("CAS*OA", "2110", 3, severity=WARNING),
    ),
    broken(
        "ADJUSTMENT_OF_NOTHING",
        "check",
        swap("CAS*CO*45*200", "CAS*CO*45*200**253*0.00"),
        finds=Place("CAS*CO*45", "2100", 6, severity=WARNING),
    ),
)

CODES: Final[tuple[Broken, ...]] = (
    broken(
        "ORGANISATION_WITH_FIRST_NAME",
        "paid",
        put("NM1*QC*1*ZELLER*OTTILIE", "NM1*82*2*RIVERBEND*JO****XX*1900000021"),
        finds=Place("NM1*82", "2100", 4, severity=WARNING),
    ),
    broken(
        "PERSON_WITHOUT_FIRST_NAME",
        "paid",
        swap("NM1*QC*1*ZELLER*ANTON", "NM1*QC*1*ZELLER*"),
        finds=Place("NM1*QC*1*ZELLER**", "2100", 4, severity=WARNING),
    ),
    broken("STATE_MISSING", "paid", swap("N4*DENVER*CO", "N4*DENVER*"), finds=Place("N4*DENVER", "1000A", 2)),
    broken(
        "POSTAL_CODE_MISSING", "paid", swap("N4*DENVER*CO*80202", "N4*DENVER*CO"), finds=Place("N4*DENVER", "1000A", 3)
    ),
    broken(
        "POSTAL_CODE_ABROAD",
        "paid",
        swap("N4*DENVER*CO*80202", "N4*PARIS**75001*FR"),
        finds=Place("N4*PARIS", "1000A", 3, severity=WARNING),
    ),
    broken(
        "COUNTRY_AT_HOME",
        "paid",
        swap("N4*DENVER*CO*80202", "N4*DENVER*CO*80202*US"),
        finds=Place("N4*DENVER", "1000A", 4, severity=WARNING),
    ),
    broken(
        "PHONE_IS_NOT_TEN_DIGITS",
        "paid",
        swap("PER*BL*EDI HELP*TE*5555550199", "PER*BL*EDI HELP*TE*15555550199"),
        finds=Place("PER*BL", "1000A", 4, severity=WARNING),
    ),
    broken(
        "EXTENSION_WITHOUT_PHONE",
        "paid",
        swap("PER*BL*EDI HELP*TE*5555550199", "PER*BL*EDI HELP*EM*A@EXAMPLE.COM"),
        finds=Place("PER*BL", "1000A", 5, severity=WARNING),
    ),
    broken(
        "NPI_CHECK_DIGIT",
        "paid",
        put("NM1*QC*1*ZELLER*OTTILIE", "NM1*82*1*BRANDT*IWAN****XX*1900000022"),
        finds=Place("NM1*82", "2100", 9),
    ),
    broken(
        "PAYEE_NPI_CHECK_DIGIT",
        "paid",
        swap("N1*PE*RIVERBEND THERAPY*XX*1900000013", "N1*PE*RIVERBEND THERAPY*XX*1900000014"),
        finds=Place("N1*PE", "1000B", 4),
    ),
    broken(
        "ZIP_SHAPE", "paid", swap("N4*DENVER*CO*80202", "N4*DENVER*CO*802021"), finds=Place("N4*DENVER", "1000A", 3)
    ),
    broken(
        "ROUTING_NUMBER_CHECK_DIGIT",
        "paid",
        swap("BPR*I*129.5*C*ACH*CCP*01*123456780", "BPR*I*129.5*C*ACH*CCP*01*123456781"),
        finds=Place("BPR", "HEADER", 7),
    ),
    broken("ROUTING_NUMBER_CHECK_DIGIT", "paid", swap(_BPR, f"{_BPR[:-1]}3"), finds=Place("BPR", "HEADER", 13)),
    broken(
        "PROCEDURE_SHAPE", "paid", swap("SVC*HC:97124:GP", "SVC*HC:9712:GP"), finds=Place("SVC*HC:9712:", "2110", 1, 2)
    ),
    broken(
        "MODIFIER_SHAPE", "paid", swap("SVC*HC:97124:GP", "SVC*HC:97124:gp"), finds=Place("SVC*HC:97124", "2110", 1, 3)
    ),
    broken("STATE_NOT_LISTED", "paid", swap("N4*DENVER*CO", "N4*DENVER*QX"), finds=Place("N4*DENVER", "1000A", 2)),
    broken(
        "COUNTRY_NOT_LISTED",
        "paid",
        swap("N4*DENVER*CO*80202", "N4*KIEL***QX"),
        finds=Place("N4*KIEL", "1000A", 4),
    ),
    broken("CURRENCY_NOT_LISTED", "paid", put("TRN", "CUR*PR*QQQ"), finds=Place("CUR", "HEADER", 2)),
    broken("CARC_NOT_LISTED", "paid", swap("CAS*CO*45*20", "CAS*CO*9ZZ*20"), finds=Place("CAS*CO*9ZZ", "2110", 2)),
    broken(
        "CARC_NOT_LISTED", "check", swap("CAS*CO*45*200", "CAS*CO*45*150**9ZZ*50"), finds=Place("CAS*CO*45", "2100", 5)
    ),
    broken("RARC_NOT_LISTED", "paid", swap("LQ*HE*N706", "LQ*HE*QQQ"), finds=Place("LQ", "2110", 2)),
    broken("RARC_NOT_LISTED", "paid", swap("MOA***MA01", "MOA***QQQ"), finds=Place("MOA", "2100", 3)),
    broken("RARC_NOT_LISTED", "check", swap("MIA*0****MA01", "MIA*0****QQQ"), finds=Place("MIA", "2100", 5)),
)
