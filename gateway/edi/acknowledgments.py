"""TA1, 999 and 277CA as values. A verdict that we do not know is refused, never taken for a yes.

How a 277CA (005010X214) is judged. The category (STC01-1) decides: A2 is accepted, A3, A4, A6, A7 and A8 are rejected,
A0, A1 and A5 are forwarded. STC03 = U rejects whatever the category says. STC03 = WQ lifts nothing: A1 with WQ says
that the sender of the 277CA took the claim, not that a payer took it into adjudication, and only A2 proves timely
filing. Of several statuses of one claim (more STC, STC10, STC11, those of its lines) any rejection rejects, else any
A2 accepts. A batch (2200B) that was not itself refused, but one of whose providers (2200C) was, is partial: its
provider's claims may be named nowhere.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from gateway.acknowledgment import (
    ClaimAcknowledgment,
    ClaimStatus,
    GroupAnswer,
    SegmentFault,
    SetAnswer,
    Status,
    Ta1,
    Verdict,
)
from gateway.edi.figures import amount, is_whole, loops
from gateway.edi.received import Numbered, TransactionSet
from gateway.edi.segment import Segment
from gateway.errors import InboundWireError

_TA104: Final = {"A": Verdict.ACCEPTED, "E": Verdict.ACCEPTED_WITH_ERRORS, "R": Verdict.REJECTED}

# M, W and X are failures of security services: whatever they guard was not taken.
_IK501: Final = _TA104 | dict.fromkeys("MWX", Verdict.REJECTED)
_AK901: Final = _IK501 | {"P": Verdict.PARTIAL}

_CATEGORIES: Final = (
    {"A2": Verdict.ACCEPTED}
    | dict.fromkeys(("A3", "A4", "A6", "A7", "A8"), Verdict.REJECTED)
    | dict.fromkeys(("A0", "A1", "A5"), Verdict.FORWARDED)
)
"""STC01-1 (code source 507)."""

_ELEMENT_ERRORS: Final = "8"
"""IK304: the fault is in the elements that follow as IK4."""

_Judged = tuple[Status, Verdict]


def ta1(ordinal: int, segment: Segment) -> Ta1:
    """Read one TA1; `ordinal` is its place in the file. Raises InboundWireError if number or verdict is not known."""
    control = segment.at(1)
    if not is_whole(control):
        raise InboundWireError(ordinal=ordinal, said="TA101 is not an interchange control number")
    if segment.at(4) not in _TA104:
        raise InboundWireError(ordinal=ordinal, said="TA104 is none of A, E, R")
    return Ta1(interchange=int(control), date=segment.at(2), verdict=_TA104[segment.at(4)], note=segment.at(5))


def group_answer(one: TransactionSet) -> GroupAnswer:
    """Read a 999. Raises InboundWireError if a verdict is missing or not known."""
    header, *sets = loops(one.segments, "AK2", "AK9")
    group = [(ordinal, segment) for ordinal, segment in header if segment.id == "AK1"]
    if len(group) != 1 or not is_whole(group[0][1].at(2)):
        one.refuse(2, "AK1 is missing, or AK102 is not a group control number")
    if not sets or sets[-1][0][1].id != "AK9" or any(run[0][1].id == "AK9" for run in sets[:-1]):
        one.refuse(len(one.segments), "AK9 is missing or not the last answer: the group has no verdict")
    ordinal, verdict = sets.pop()[0]
    if verdict.at(1) not in _AK901:
        one.refuse(ordinal, "AK901 is not a verdict")
    answers = tuple(_set_answer(one, run) for run in sets)
    return GroupAnswer(group=int(group[0][1].at(2)), verdict=_AK901[verdict.at(1)], sets=answers)


def _set_answer(one: TransactionSet, run: Sequence[Numbered]) -> SetAnswer:
    ordinal, opening = run[0]
    verdicts = [segment for _, segment in run if segment.id == "IK5"]
    if len(verdicts) != 1 or verdicts[0].at(1) not in _IK501:
        one.refuse(ordinal, "the transaction set that AK2 names has not exactly one verdict (IK5)")
    if not opening.at(2):
        one.refuse(ordinal, "AK202 is missing")
    return SetAnswer(
        control=opening.at(2),
        verdict=_IK501[verdicts[0].at(1)],
        codes=tuple(code for position in range(2, 7) if (code := verdicts[0].at(position))),
        faults=tuple(fault for part in loops(run, "IK3")[1:] for fault in _faults(one, part)),
    )


def _faults(one: TransactionSet, run: Sequence[Numbered]) -> Iterator[SegmentFault]:
    """Give the faults of one IK3. IK404, the bad value itself, is left where it is."""
    ordinal, segment = run[0]
    elements = [(place, each) for place, each in run if each.id == "IK4"]
    seen, loop, place = segment.at(1), segment.at(3), _position(one, ordinal, segment, 2)
    if segment.at(4) != _ELEMENT_ERRORS or not elements:
        yield SegmentFault(segment=seen, ordinal=place, loop=loop, code=segment.at(4))
    for at, element in elements:
        position = _position(one, at, element, 1)
        yield SegmentFault(segment=seen, ordinal=place, loop=loop, code=element.at(3), element=position)


def _position(one: TransactionSet, ordinal: int, segment: Segment, position: int) -> int:
    if not is_whole(segment.at(position)):
        one.refuse(ordinal, f"{segment.id}{position:02} is not a position")
    return int(segment.at(position))


def claim_acknowledgments(one: TransactionSet) -> tuple[ClaimAcknowledgment, ...]:
    """Read a 277CA (005010X214): one acknowledgment for each batch that it answers (loop 2000B), mostly one.

    Raises InboundWireError if a batch or a claim has no verdict, or one that is not known.
    """
    source = ""
    batches: list[tuple[str, list[list[Numbered]]]] = []
    for run in loops(one.segments, "HL", "SE")[1:-1]:
        ordinal, level = run[0]
        if level.at(3) == "20":
            source = next((nm1.at(9) or nm1.at(3) for _, nm1 in run if nm1.id == "NM1"), "")
        elif level.at(3) == "21":
            batches.append((source, [run]))
        elif level.at(3) in ("19", "PT") and batches:
            batches[-1][1].append(run)
        else:
            one.refuse(ordinal, "HL03 is not a level of a 277CA, or stands in the wrong place")
    if not batches:
        one.refuse(len(one.segments), "the 277CA names no batch (loop 2000B)")
    return tuple(_acknowledgment(one, source, runs) for source, runs in batches)


def _acknowledgment(one: TransactionSet, source: str, runs: Sequence[Sequence[Numbered]]) -> ClaimAcknowledgment:
    batch, *levels = runs
    reference = next((segment.at(2) for _, segment in batch if segment.id == "TRN"), "")
    judged = _judged(one, batch)
    if not judged:
        one.refuse(batch[0][0], "the batch has no verdict (STC in loop 2200B)")
    providers = [entry for run in levels if run[0][1].at(3) == "19" for entry in _judged(one, run)]
    verdict = _worst(judged)
    if verdict is not Verdict.REJECTED and providers and _worst(providers) is Verdict.REJECTED:
        verdict = Verdict.PARTIAL
    patients = [run for run in levels if run[0][1].at(3) == "PT"]
    return ClaimAcknowledgment(
        source=source,
        reference=reference,
        verdict=verdict,
        statuses=tuple(status for status, _ in (*judged, *providers)),
        claims=tuple(_claim(one, trace) for run in patients for trace in _traces(one, run)),
    )


def _traces(one: TransactionSet, run: Sequence[Numbered]) -> list[list[Numbered]]:
    head, *traces = loops(run, "TRN")
    if not traces or any(segment.id == "STC" for _, segment in head):
        one.refuse(head[0][0], "a claim status has no TRN: it cannot be told which claim it is about")
    return traces


def _claim(one: TransactionSet, trace: Sequence[Numbered]) -> ClaimStatus:
    ordinal, trn = trace[0]
    stc = [(place, segment) for place, segment in trace if segment.id == "STC"]
    if not stc or not trn.at(2):
        one.refuse(ordinal, "a claim has no verdict (STC), or TRN02 is missing")
    judged = _judged(one, stc)
    charged = next(((place, segment) for place, segment in stc if segment.at(4)), None)
    return ClaimStatus(
        patient_control_number=trn.at(2),
        verdict=_worst(judged),
        statuses=tuple(status for status, _ in judged),
        payer_claim_number=next((ref.at(2) for _, ref in trace if ref.id == "REF" and ref.at(1) == "1K"), ""),
        charge=amount(one, *charged, 4) if charged else None,
        message=" ".join(segment.at(12) for _, segment in stc if segment.at(12)),
    )


def _judged(one: TransactionSet, run: Iterable[Numbered]) -> list[_Judged]:
    """Every status of the STC segments in `run`, with the verdict each comes to."""
    stc = ((ordinal, segment) for ordinal, segment in run if segment.id == "STC")
    return list(itertools.chain.from_iterable(_judged_stc(one, ordinal, segment) for ordinal, segment in stc))


def _judged_stc(one: TransactionSet, ordinal: int, stc: Segment) -> Iterator[_Judged]:
    action = stc.at(3)
    if action not in ("WQ", "U", ""):
        one.refuse(ordinal, "STC03 is neither WQ nor U")
    for position in (1, 10, 11):
        category = stc.part(position, 1)
        if position > 1 and not any(stc.parts(position)):
            continue
        if category not in _CATEGORIES:
            one.refuse(ordinal, f"STC{position:02}-1 is not a category that a 277CA may hold: the verdict is not known")
        status = Status(category=category, status=stc.part(position, 2), entity=stc.part(position, 3))
        yield status, Verdict.REJECTED if action == "U" else _CATEGORIES[category]


def _worst(judged: Sequence[_Judged]) -> Verdict:
    verdicts = {verdict for _, verdict in judged}
    return next(each for each in (Verdict.REJECTED, Verdict.ACCEPTED, Verdict.FORWARDED) if each in verdicts)
