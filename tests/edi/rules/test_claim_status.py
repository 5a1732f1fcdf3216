"""The levels of a 277CA: each below the one before, and each with a status, or with what has one."""

from gateway.edi.checking.check import check
from gateway.edi.wire.finding import WireSeverity
from tests.edi.checking.test_check import joined, recounted, segments, starting
from tests.service.clinic import answer_277ca

SOUND = segments(answer_277ca("RB-41", ("RB01", "A2:20", "175.5")))
DATED = [*SOUND[:20], "DTP*472*D8*20261101", *SOUND[20:]]


def found(texts: list[str]) -> list[tuple[str, str, str, int]]:
    """Check a 277CA, its count of segments set right. Gives rule or code, segment, loop and element of each error."""
    report = check(joined(recounted(texts)))
    errors = (one for one in report.findings if one.severity is WireSeverity.ERROR)
    return [(one.rule or one.code, one.segment, one.loop, one.element) for one in errors]


def at(beginning: str) -> int:
    return starting(DATED, beginning)


def changed(was: str, now: str, *, until: str = "", behind: tuple[str, ...] = ()) -> list[str]:
    """Change the start of a segment, put some behind it, and leave out what follows, up to the one named."""
    place = at(was)
    rest = DATED[at(until) if until else place + 1 :]
    return [*DATED[:place], now + DATED[place].removeprefix(was), *behind, *rest]


def test_one_that_ends_at_the_patient_is_sound() -> None:
    assert found(DATED) == []


def test_a_level_stands_below_the_one_before() -> None:
    assert found(changed("HL*4*3", "HL*4*2")) == [("HL_BELOW_ANOTHER", "HL", "2000D", 2)]
    assert found(changed("HL*3*2", "HL*3*1")) == [("HL_BELOW_ANOTHER", "HL", "2000C", 2)]


def test_a_batch_that_is_rejected_as_a_whole_ends_at_its_receiver() -> None:
    whole = changed("HL*2*1*21*1", "HL*2*1*21*0")
    assert found([*whole[: at("HL*3")], *whole[at("SE*") :]]) == []
    assert found(whole) == [("STATUS_CHILDREN", "HL", "2000B", 4)]


def test_a_provider_who_is_rejected_as_a_whole_has_a_status_and_nobody_below() -> None:
    name = DATED[at("NM1*85")]
    status = ("TRN*1*0", "STC*A3:21:85**U*100")
    assert found(changed("HL*3*2*19*1", "HL*3*2*19*0", until="SE*", behind=(name, *status))) == []
    assert found(changed("HL*3*2*19*1", "HL*3*2*19*0", until="SE*", behind=(name,))) == [
        ("PROVIDER_WITHOUT_STATUS", "TRN", "2200C", 0)
    ]
    assert found(changed("HL*3*2*19*1", "HL*3*2*19*1", until="SE*", behind=(name,))) == [
        ("STATUS_CHILDREN", "HL", "2000C", 4)
    ]
