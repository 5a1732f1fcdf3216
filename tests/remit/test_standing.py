"""What stands of a claim, from all answers to it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from gateway.remit.posting import Bucket, Posting
from gateway.remit.standing import Answer, Fate, Order, Outcome, settle
from gateway.remittance import GroupCode

CO, PR = GroupCode.CONTRACTUAL, GroupCode.PATIENT
Line = tuple[str, str, str]
"""A line's control, what of its 100 dollars was paid, and the CARC of the rest; a denial where nothing was paid."""


def parts(lines: tuple[Line, ...], sign: int = 1) -> tuple[Posting, ...]:
    found = []
    for control, paid, carc in lines:
        bucket = Bucket.DENIED if Decimal(paid) == 0 else Bucket.CONTRACTUAL
        rest = sign * (Decimal(100) - Decimal(paid))
        found += [
            Posting(line=control, bucket=Bucket.PAID, amount=sign * Decimal(paid)),
            Posting(line=control, bucket=bucket, amount=rest, group=CO, carc=carc),
        ]
    return tuple(one for one in found if one.amount)


def answer(
    number: int,
    *lines: Line,
    icn: str = "N1",
    takes_back: bool = False,
    later: bool = False,
    whole: bool = False,
    trace: str = "",
    day: int | None = None,
) -> Answer:
    sign = -1 if takes_back else 1
    when = date(2026, 11, 1) + timedelta(days=number if day is None else day)
    return Answer(
        id=number,
        order=Order(when, trace or f"T{number}", "0001", number),
        number=icn,
        is_reversal=takes_back,
        is_later=later,
        charge=sign * Decimal(100 * len(lines)),
        paid=sign * sum((Decimal(paid) for _, paid, _ in lines), Decimal(0)),
        speaks_of_lines=not whole,
        fits=True,
        parts=parts(lines, sign),
    )


def fates(*answers: Answer) -> list[Fate]:
    outcomes = settle(answers)
    assert outcomes == settle(answers[::-1])
    for one in answers:
        paid = sum((part.amount for part in outcomes[one.id].posted if part.bucket is Bucket.PAID), Decimal(0))
        assert paid + outcomes[one.id].waits == one.paid
    return [outcomes[one.id].fate for one in answers]


STANDS, TAKEN, OVER, AGAIN, WAITS = Fate.STANDS, Fate.TAKEN_BACK, Fate.OVERTAKEN, Fate.REPEATED, Fate.WAITS
DENIED, PAID = ("1", "0", "50"), ("1", "80", "45")


def test_a_payment_after_a_denial_stands_and_is_not_undone_by_an_older_one() -> None:
    assert fates(answer(1, DENIED), answer(2, PAID)) == [OVER, STANDS]
    assert fates(answer(1, PAID), answer(2, DENIED)) == [STANDS, WAITS]


def test_of_an_answer_that_stands_the_lines_are_told_that_another_one_stands_for_now() -> None:
    both = answer(1, ("1", "80", "45"), ("2", "0", "50"))
    outcomes = settle([both, answer(2, ("2", "60", "45"))])
    assert (outcomes[1].fate, outcomes[1].overtaken) == (STANDS, frozenset({"2"}))
    assert {one.line for one in outcomes[1].stands} == {"1"}
    assert (outcomes[2].fate, outcomes[2].overtaken) == (STANDS, frozenset())
    assert settle([both, answer(2, ("2", "0", "50"))])[1].overtaken == frozenset()


def test_the_same_denial_again_does_not_count_unless_something_was_said_between() -> None:
    assert fates(answer(1, DENIED), answer(2, DENIED)) == [STANDS, AGAIN]
    assert fates(answer(1, DENIED), answer(2, PAID), answer(3, PAID, takes_back=True), answer(4, DENIED)) == [
        OVER,
        TAKEN,
        TAKEN,
        STANDS,
    ]


def test_a_reversal_of_one_line_leaves_the_other_standing() -> None:
    both = answer(1, ("1", "80", "45"), ("2", "0", "50"))
    outcomes = settle([both, answer(2, ("1", "80", "45"), takes_back=True)])
    assert outcomes[1].fate is STANDS
    assert [(one.line, one.bucket) for one in outcomes[1].stands] == [("2", Bucket.DENIED)]
    assert outcomes[2] == Outcome(fate=TAKEN, posted=outcomes[2].posted)


def test_one_reversal_takes_back_two_answers() -> None:
    first, second = answer(1, ("1", "80", "45")), answer(2, ("2", "60", "45"))
    lines = (("1", "80", "45"), ("2", "60", "45"))
    assert fates(first, second, answer(3, *lines, takes_back=True)) == [TAKEN] * 3
    assert fates(first, second, answer(3, *lines, takes_back=True, whole=True)) == [TAKEN] * 3
    assert fates(first, second, answer(3, *lines, takes_back=True, whole=True, icn="N2")) == [STANDS, STANDS, WAITS]


def test_a_reversal_by_lines_takes_back_what_was_paid_for_the_claim_as_a_whole() -> None:
    """Our shares of the answer are 50.00 and 60.00 of two lines; the payer says later that it meant 20.00 and 90.00."""
    shared = replace(answer(1, ("1", "50", "45"), ("2", "60", "45"), whole=True), is_shared=True)
    meant: tuple[Line, ...] = (("1", "20", "45"), ("2", "90", "45"))
    assert fates(shared, answer(2, *meant, takes_back=True)) == [TAKEN, TAKEN]
    # The other way round: lines were answered, and the reversal answers them as one.
    assert fates(answer(1, *meant), replace(answer(2, *shared_lines(), takes_back=True), is_shared=True)) == [
        TAKEN,
        TAKEN,
    ]


def shared_lines() -> tuple[Line, ...]:
    return ("1", "50", "45"), ("2", "60", "45")


def test_a_reversal_by_other_lines_takes_nothing_back_where_that_is_not_certain() -> None:
    shared = replace(answer(1, *shared_lines(), whole=True), is_shared=True)
    meant: tuple[Line, ...] = (("1", "20", "45"), ("2", "90", "45"))
    assert fates(shared, answer(2, *meant, takes_back=True, icn="N2")) == [STANDS, WAITS]
    other_sum: tuple[Line, ...] = (("1", "20", "45"), ("2", "80", "45"))
    assert fates(shared, answer(2, *other_sum, takes_back=True)) == [STANDS, WAITS]
    other_reason: tuple[Line, ...] = (("1", "20", "45"), ("2", "90", "97"))
    assert fates(shared, answer(2, *other_reason, takes_back=True)) == [STANDS, WAITS]
    # Of lines that the payer has answered one by one, its own word counts.
    assert fates(answer(1, *shared_lines()), answer(2, *meant, takes_back=True)) == [STANDS, WAITS]
    # A part of it was taken back before.
    part = answer(2, shared_lines()[0], takes_back=True)
    assert fates(shared, part, answer(3, *meant, takes_back=True)) == [STANDS, TAKEN, WAITS]


def test_a_reversal_takes_back_the_answer_of_its_number() -> None:
    outcomes = settle([answer(1, PAID, icn="A"), answer(2, PAID, icn="B"), answer(3, PAID, icn="B", takes_back=True)])
    assert [outcomes[number].fate for number in (1, 2, 3)] == [STANDS, TAKEN, TAKEN]


def test_a_reversal_takes_back_one_answer_rather_than_parts_of_two() -> None:
    """The second line was paid alike by both: what is taken back is what was said together."""
    first = answer(1, ("1", "80", "45"), ("2", "60", "45"))
    second = answer(2, ("1", "70", "45"), ("2", "60", "45"))
    outcomes = settle([first, second, answer(3, ("1", "70", "45"), ("2", "60", "45"), takes_back=True)])
    assert [outcomes[number].fate for number in (1, 2, 3)] == [STANDS, TAKEN, TAKEN]
    assert {one.line for one in outcomes[1].stands} == {"1", "2"}


def test_a_payer_that_is_second_to_nobody_answers_like_a_first_one() -> None:
    assert fates(answer(1, DENIED, later=True), answer(2, DENIED, later=True)) == [STANDS, AGAIN]
    assert fates(answer(1, DENIED, later=True), answer(2, PAID, later=True)) == [OVER, STANDS]


def test_what_is_taken_back_in_the_remittance_of_its_correction_is_past() -> None:
    paid = answer(1, PAID, trace="B", day=1)
    back = answer(2, PAID, takes_back=True, trace="A", day=1)
    denied = answer(3, DENIED, trace="A", day=1)
    assert fates(paid, back, denied) == [TAKEN, TAKEN, STANDS]


def test_a_second_payers_answer_is_laid_over_what_the_first_left() -> None:
    left = (
        Posting(line="1", bucket=Bucket.PAID, amount=Decimal(80)),
        Posting(line="1", bucket=Bucket.PATIENT, amount=Decimal(20), group=PR, carc="2"),
    )
    first = answer(1, PAID)
    first = Answer(**{name: getattr(first, name) for name in Answer.__dataclass_fields__} | {"parts": left})
    own = (
        Posting(line="1", bucket=Bucket.PAID, amount=Decimal(15)),
        Posting(line="1", bucket=Bucket.OTHER_PAYER, amount=Decimal(80), group=GroupCode.OTHER, carc="23"),
        Posting(line="1", bucket=Bucket.PATIENT, amount=Decimal(5), group=PR, carc="3"),
    )
    second = answer(2, ("1", "15", "45"), later=True)
    second = Answer(**{name: getattr(second, name) for name in Answer.__dataclass_fields__} | {"parts": own})
    outcomes = settle([second, first])
    stands: dict[Bucket, Decimal] = {}
    for outcome in outcomes.values():
        for one in outcome.stands:
            stands[one.bucket] = stands.get(one.bucket, Decimal(0)) + one.amount
    assert stands == {Bucket.PAID: Decimal(95), Bucket.PATIENT: Decimal(5)}
    other = Answer(**{name: getattr(second, name) for name in Answer.__dataclass_fields__} | {"parts": own[:2]})
    assert settle([first, other])[2].fate is WAITS


def test_an_answer_to_lines_that_are_charged_with_nothing_stands() -> None:
    assert fates(answer(1)) == [STANDS]


def test_what_one_reason_took_in_two_parts_is_taken_back_in_one() -> None:
    """A line that came in two pieces was cut by the same reason twice; its reversal says so once."""
    paid = answer(1, PAID)
    whole = paid.parts[1]
    halves = (replace(whole, amount=Decimal(5)), replace(whole, amount=Decimal(15)))
    in_pieces = replace(paid, parts=(paid.parts[0], *halves))
    assert fates(in_pieces, answer(2, PAID, takes_back=True)) == [TAKEN, TAKEN]
    other = replace(paid, parts=(paid.parts[0], halves[0], halves[0]))
    assert fates(other, answer(2, PAID, takes_back=True)) == [STANDS, WAITS]
