"""Answers of payers to invented claims, garbled as payers and clearinghouses garble them, in 835 segments, from a seed.

Written from the facts of the trade by somebody who did not see the matcher. Each says by itself what it is about, and what
software may do with it.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

from tests.service.money.garbled_answer import earlier_answer, plain, segments
from tests.service.money.garbled_certain import Certain, certain, says
from tests.service.money.garbles import DECIDED, GARBLES, KINDS, as_the_former_system, chosen_kinds
from tests.service.money.truths import Truth, TruthLine, population

__all__ = ["KINDS", "PLAIN", "STRANGER", "Garbled", "Truth", "TruthLine", "could_be", "garble", "population"]

PLAIN: Final = "as it should be"
STRANGER: Final = "claim of the former system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Garbled:
    """An answer as it comes.

    kind      what was done to it, kinds joined by " + "
    segments  loop 2100 with its lines, from CLP on; its money balances
    earlier   an answer without fault that the payer gave before this one, to be posted first; empty for none
    certain   must: software posts it by itself; may: it posts it (to `lines`, not elsewhere) or proposes; never: it proposes
    lines     for each SVC the places (from 1) of our lines that it is about; empty ones for what is not ours
    says      which facts stand in it as we know them: number, member, last, first, day, lines; the total charge always does
    """

    kind: str
    segments: tuple[str, ...]
    is_ours: bool
    certain: Certain
    lines: tuple[tuple[int, ...], ...]
    earlier: tuple[str, ...] = ()
    says: frozenset[str] = frozenset()


def garble(
    seed: int,
    truth: Truth,
    pcn: str,
    controls: tuple[str, ...],
    earlier_number: str = "",
    *,
    kinds: tuple[str, ...] | None = None,
) -> Garbled:
    """Garble the answer to a claim.

    pcn, controls   our 13 characters, and one control of each line (that and two digits); unused where the claim is not ours
    earlier_number  a payer claim number (CLP07) that `earlier` of the result tells; empty: no earlier answer is made
    kinds           of KINDS, instead of those that the seed chooses

    ValueError where a kind cannot be done to this claim.
    """
    rng = Random(f"garble {seed} {truth.visit}")
    answer = plain(truth, pcn, controls, earlier_number)
    if not truth.is_ours:
        as_the_former_system(answer, rng)
    chosen = chosen_kinds(rng, answer) if kinds is None else sorted(kinds, key=KINDS.index)
    done, earlier = [STRANGER] if not truth.is_ours else [], tuple[str, ...]()
    for kind in chosen:
        if not GARBLES[kind][1](answer):
            if kinds is None:
                continue  # what was done before leaves no room for it
            raise ValueError(f"{kind} cannot be done to this claim")
        if GARBLES[kind][0] not in DECIDED and not earlier and earlier_number:
            earlier = earlier_answer(answer, chosen)
        GARBLES[kind][2](answer, rng)
        done.append(kind)
    return Garbled(
        kind=" + ".join(done) or PLAIN,
        segments=tuple(segments(answer)),
        is_ours=truth.is_ours,
        certain=certain(answer, controls),
        lines=tuple(svc.places if truth.is_ours else () for svc in answer.svcs) if answer.has_lines else (),
        earlier=earlier,
        says=says(answer, controls),
    )


def could_be(garbled: Garbled, truth: Truth, claims: tuple[Truth, ...]) -> tuple[int, ...]:
    """Give the places (from 0) of our claims that agree with all that the answer still says; its own is among them.

    With one alone, that one has to be the first proposal. With more, nobody can tell them apart by this answer.
    """
    if not truth.is_ours:
        return ()
    return tuple(
        place
        for place, one in enumerate(claims)
        if one is truth
        or (
            one.is_ours
            and "number" not in garbled.says
            and (one.payer, one.charge) == (truth.payer, truth.charge)
            and all(getattr(one, fact) == getattr(truth, fact) for fact in garbled.says)
        )
    )
