"""Rules about the notice that a patient was given (ABN, form CMS-R-131), and the modifiers that speak of it."""

from gateway.finding import Owner, Severity
from gateway.payer import Program
from gateway.scrub.rule import Case, Fault, Faults, rule
from gateway.visit import NOT_SUPPLIED, Abn, NoticeKind


@rule(
    id="MOD_ABN_INVALID",
    severity=Severity.HOLD,
    owner=Owner.BILLER,
    cites="CMS Claims Processing Manual ch. 30 sec. 50 and ch. 23 sec. 20.9: GA needs a signed notice, GX a voluntary one, GZ "
    "says that there is none",
    fix="Use GA only with the signed notice on file, GX (beside GY) with a voluntary one, GZ where none was given; without a "
    "notice the patient is not billed for what is denied as not necessary.",
)
def mod_abn_invalid(case: Case) -> Faults:
    """GA, GX or GZ against what is known of the notice."""
    if case.payer.program is not Program.MEDICARE:
        yield from _for_another_payer(case)
        return
    notice = case.visit.abn
    for line in case.draft.billed:
        given = set(line.modifiers)
        where = f"services.{line.place}.modifiers"
        if {"GA", "GZ"} <= given:
            yield Fault(where, f"{line.procedure} carries GA and GZ: a notice was given, or it was not")
        elif notice is NOT_SUPPLIED:
            continue
        elif "GA" in given and not _is(notice, NoticeKind.REQUIRED, case):
            yield Fault(
                where, f"{line.procedure} carries GA, and no required notice signed by the day of the visit is known"
            )
        elif "GX" in given and not _is(notice, NoticeKind.VOLUNTARY, case):
            yield Fault(
                where, f"{line.procedure} carries GX, and no voluntary notice signed by the day of the visit is known"
            )
        elif "GZ" in given and _is(notice, NoticeKind.REQUIRED, case):
            yield Fault(where, f"{line.procedure} carries GZ, and a notice was signed: that is GA")


def _for_another_payer(case: Case) -> Faults:
    """The notice is original Medicare's: what another payer makes of it is for that payer to say."""
    for line in case.draft.billed:
        if told := {"GA", "GX", "GZ"} & set(line.modifiers):
            yield Fault(
                f"services.{line.place}.modifiers",
                f"{line.procedure} carries {min(told)}, which speaks of a notice of original Medicare",
                Severity.WARN,
            )


def _is(notice: Abn | None, kind: NoticeKind, case: Case) -> bool:
    return notice is not None and notice.kind is kind and notice.signed_on <= case.visit.day


RULES = (mod_abn_invalid,)
