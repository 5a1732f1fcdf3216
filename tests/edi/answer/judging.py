"""Answers to any bytes, each judged by our own check and by pyx12 before a test looks at it."""

from datetime import UTC, datetime
from typing import Final

from gateway.edi.answer.acknowledging import Acknowledgment, acknowledge
from gateway.edi.checking.check import check
from gateway.edi.checking.second_opinion import opinion
from gateway.edi.read.inbound_file import read_answers

AT: Final = datetime(2026, 11, 26, 10, 15, tzinfo=UTC)


def believed(answer: Acknowledgment) -> Acknowledgment:
    """Nobody finds anything in it, and it is read back as what it says."""
    assert check(answer.body).findings == (), answer.body
    assert opinion(answer.body) == (), answer.body
    (read,) = read_answers(answer.body)
    assert getattr(read.what, "verdict", None) is answer.verdict
    return answer


def answers_to(raw: bytes, control: int = 1) -> tuple[Acknowledgment, ...]:
    return tuple(map(believed, acknowledge(check(raw).interchanges, at=AT, control=control)))


def told(answer: Acknowledgment, *ids: str) -> list[str]:
    """Give the segments of an answer, those of some ids if any are given; its delimiters are the usual ones."""
    texts = [text for text in answer.body.decode().split("~") if text]
    return [text for text in texts if not ids or text.split("*")[0] in ids]
