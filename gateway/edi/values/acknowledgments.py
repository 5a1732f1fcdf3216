"""TA1, 999 and 277CA as values. A verdict that we do not know is refused, never taken for a yes.

How a 277CA (005010X214) is judged. The category (STC01-1) decides: A2 is accepted, A3, A4, A6, A7 and A8 are rejected,
A0, A1 and A5 are forwarded. STC03 = U rejects whatever the category says. STC03 = WQ lifts nothing: A1 with WQ says
that the sender of the 277CA took the claim, not that a payer took it into adjudication, and only A2 proves timely
filing. Of several statuses of one claim (more STC, STC10, STC11, those of its lines) any rejection rejects, else any
A2 accepts. A batch (2200B) that was not itself refused, but one of whose providers (2200C) was, is partial: its
provider's claims may be named nowhere.
"""

import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

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
from gateway.edi.follow.loop import Parts, Run, at, runs
from gateway.edi.follow.origin import Origin
from gateway.edi.wire.figures import as_amount, is_whole
from gateway.errors import InboundWireError

STATUSES: Final = (1, 10, 11)
"""Elements of STC that hold a status each."""

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

_Judged: TypeAlias = tuple[Status, Verdict]


def ta1(ordinal: int, parts: Parts) -> Ta1:
    """Read one TA1; `ordinal` is its place in the file. Raises InboundWireError if number or verdict is not known."""
    control, code = at(parts, 1), at(parts, 4)
    if not is_whole(control):
        raise InboundWireError(ordinal=ordinal, said="TA101 is not an interchange control number")
    if code not in _TA104:
        raise InboundWireError(ordinal=ordinal, said="TA104 is none of A, E, R")
    return Ta1(interchange=int(control), date=at(parts, 2), verdict=_TA104[code], note=at(parts, 5))


def group_answer(one: Origin, segments: Run) -> GroupAnswer:
    """Read a 999, ST to SE. Raises InboundWireError if a verdict is missing or not known."""
    header, *sets = runs(segments, "AK2", "AK9")
    group = [parts for _, parts, _ in header if parts[0] == "AK1"]
    if len(group) != 1 or not is_whole(at(group[0], 2)):
        one.refuse(2, "AK1 is missing, or AK102 is not a group control number")
    if not sets or sets[-1][0][1][0] != "AK9" or any(run[0][1][0] == "AK9" for run in sets[:-1]):
        one.refuse(len(segments), "AK9 is missing or not the last answer: the group has no verdict")
    ordinal, verdict, _ = sets.pop()[0]
    if at(verdict, 1) not in _AK901:
        one.refuse(ordinal, "AK901 is not a verdict")
    answers = tuple(_set_answer(one, run) for run in sets)
    return GroupAnswer(group=int(at(group[0], 2)), verdict=_AK901[at(verdict, 1)], sets=answers)


def _set_answer(one: Origin, run: Run) -> SetAnswer:
    ordinal, opening, _ = run[0]
    verdicts = [parts for _, parts, _ in run if parts[0] == "IK5"]
    if len(verdicts) != 1 or at(verdicts[0], 1) not in _IK501:
        one.refuse(ordinal, "the transaction set that AK2 names has not exactly one verdict (IK5)")
    if not at(opening, 2):
        one.refuse(ordinal, "AK202 is missing")
    return SetAnswer(
        control=at(opening, 2),
        verdict=_IK501[at(verdicts[0], 1)],
        codes=tuple(filter(None, verdicts[0][2:7])),
        faults=tuple(fault for part in runs(run, "IK3")[1:] for fault in _faults(one, part)),
    )


def _faults(one: Origin, run: Run) -> Iterator[SegmentFault]:
    """Give the faults of one IK3. IK404, the bad value itself, is left where it is."""
    ordinal, ik3, _ = run[0]
    elements = [(place, parts) for place, parts, _ in run if parts[0] == "IK4"]
    seen, loop, place = at(ik3, 1), at(ik3, 3), _position(one, ordinal, ik3, 2)
    if at(ik3, 4) != _ELEMENT_ERRORS or not elements:
        yield SegmentFault(segment=seen, ordinal=place, loop=loop, code=at(ik3, 4))
    for where, ik4 in elements:
        position = _position(one, where, ik4, 1)
        yield SegmentFault(segment=seen, ordinal=place, loop=loop, code=at(ik4, 3), element=position)


def _position(one: Origin, ordinal: int, parts: Parts, position: int) -> int:
    text = at(parts, position).partition(one.marks.component)[0]
    if not is_whole(text):
        one.refuse(ordinal, f"{parts[0]}{position:02} is not a position")
    return int(text)


def claim_acknowledgments(one: Origin, segments: Run) -> tuple[ClaimAcknowledgment, ...]:
    """Read a 277CA (005010X214), ST to SE: one acknowledgment for each batch that it answers (loop 2000B), mostly one.

    Raises InboundWireError if a batch or a claim has no verdict, or one that is not known.
    """
    source = ""
    batches: list[tuple[str, list[Run]]] = []
    for run in runs(segments, "HL", "SE")[1:-1]:
        ordinal, level, _ = run[0]
        if at(level, 3) == "20":
            source = next((at(nm1, 9) or at(nm1, 3) for _, nm1, _ in run if nm1[0] == "NM1"), "")
        elif at(level, 3) == "21":
            batches.append((source, [run]))
        elif at(level, 3) in ("19", "PT") and batches:
            batches[-1][1].append(run)
        else:
            one.refuse(ordinal, "HL03 is not a level of a 277CA, or stands in the wrong place")
    if not batches:
        one.refuse(len(segments), "the 277CA names no batch (loop 2000B)")
    return tuple(_acknowledgment(one, source, found) for source, found in batches)


def _acknowledgment(one: Origin, source: str, found: Sequence[Run]) -> ClaimAcknowledgment:
    batch, *levels = found
    reference = next((at(parts, 2) for _, parts, _ in batch if parts[0] == "TRN"), "")
    judged = _judged(one, batch)
    if not judged:
        one.refuse(batch[0][0], "the batch has no verdict (STC in loop 2200B)")
    providers = [entry for run in levels if at(run[0][1], 3) == "19" for entry in _judged(one, run)]
    verdict = _worst(judged)
    if verdict is not Verdict.REJECTED and providers and _worst(providers) is Verdict.REJECTED:
        verdict = Verdict.PARTIAL
    patients = [run for run in levels if at(run[0][1], 3) == "PT"]
    return ClaimAcknowledgment(
        source=source,
        reference=reference,
        verdict=verdict,
        statuses=tuple(status for status, _ in (*judged, *providers)),
        claims=tuple(_claim(one, trace) for run in patients for trace in _traces(one, run)),
    )


def _traces(one: Origin, run: Run) -> Sequence[Run]:
    head, *traces = runs(run, "TRN")
    if not traces or any(parts[0] == "STC" for _, parts, _ in head):
        one.refuse(head[0][0], "a claim status has no TRN: it cannot be told which claim it is about")
    return traces


def _claim(one: Origin, trace: Run) -> ClaimStatus:
    ordinal, trn, _ = trace[0]
    stc = [placed for placed in trace if placed[1][0] == "STC"]
    if not stc or not at(trn, 2):
        one.refuse(ordinal, "a claim has no verdict (STC), or TRN02 is missing")
    judged = _judged(one, stc)
    return ClaimStatus(
        patient_control_number=at(trn, 2),
        verdict=_worst(judged),
        statuses=tuple(status for status, _ in judged),
        payer_claim_number=next((at(ref, 2) for _, ref, _ in trace if ref[0] == "REF" and at(ref, 1) == "1K"), ""),
        charge=_charge(one, stc),
        message=" ".join(at(parts, 12) for _, parts, _ in stc if at(parts, 12)),
    )


def _charge(one: Origin, stc: Run) -> Decimal | None:
    """STC04 of the first status that has one."""
    ordinal, text = next(((ordinal, at(parts, 4)) for ordinal, parts, _ in stc if at(parts, 4)), (0, ""))
    found = as_amount(text) if text else None
    if text and found is None:
        one.refuse(ordinal, "STC04 is not an amount in dollars and cents")
    return found


def _judged(one: Origin, run: Run) -> list[_Judged]:
    """Every status of the STC segments in `run`, with the verdict each comes to."""
    stc = ((ordinal, parts) for ordinal, parts, _ in run if parts[0] == "STC")
    return list(itertools.chain.from_iterable(_judged_stc(one, ordinal, parts) for ordinal, parts in stc))


def _judged_stc(one: Origin, ordinal: int, stc: Parts) -> Iterator[_Judged]:
    action = at(stc, 3)
    if action not in ("WQ", "U", ""):
        one.refuse(ordinal, "STC03 is neither WQ nor U")
    for position in STATUSES:
        codes = at(stc, position).split(one.marks.component)
        if position > 1 and not any(codes):
            continue
        if codes[0] not in _CATEGORIES:
            one.refuse(ordinal, f"STC{position:02}-1 is not a category that a 277CA may hold: the verdict is not known")
        status = Status(category=codes[0], status=at(codes, 1), entity=at(codes, 2))
        yield status, Verdict.REJECTED if action == "U" else _CATEGORIES[codes[0]]


def _worst(judged: Sequence[_Judged]) -> Verdict:
    verdicts = {verdict for _, verdict in judged}
    return next(each for each in (Verdict.REJECTED, Verdict.ACCEPTED, Verdict.FORWARDED) if each in verdicts)
