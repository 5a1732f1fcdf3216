"""The files that a clearinghouse puts out in answer, and what later answers need to know of them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from gateway.edi.wire.segment import Delimiters, Segment
from gateway.edi.write.envelope import OutboundGroup, OutboundSet
from gateway.partner import Envelope, Usage
from gateway.simulator.answered import Back
from gateway.simulator.memory import FileMemory

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFile:
    """One file for the sender: SENDER_ISA13_HASH_NN[_PAYER].ta1, .999, .277 or .835, in the order NN."""

    name: str
    body: bytes = field(repr=False)

    @property
    def kind(self) -> str:
        """What it is: ta1, 999, 277 or 835."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers to one file, in order, and what later files need to know of it."""

    files: tuple[AnswerFile, ...]
    memory: FileMemory


def group_of(function: str, version: str, code: str, control: int, sets: Sequence[Iterable[Segment]]) -> OutboundGroup:
    """Give a functional group of these sets: GS01, GS08, ST01 and GS06."""
    guide = "" if code == "835" else version  # an 835 names its guide in GS08 alone
    numbered = tuple(
        OutboundSet(code=code, control=f"{place:04}", guide=guide, segments=each)
        for place, each in enumerate(sets, start=1)
    )
    return OutboundGroup(function=function, control=control, version=version, sets=numbered)


def file_name(kind: str, *parts: str) -> str:
    """Give the name of an answer: its parts, made harmless, and its kind as the ending."""
    return "_".join(_UNSAFE.sub("-", part).strip("-") or "X" for part in parts if part) + f".{kind}"


def envelope_of(back: Back) -> Envelope:
    """Give the envelope of an answer."""
    return Envelope(
        sender_qualifier=back.sender_qualifier,
        sender_id=back.sender,
        receiver_qualifier=back.receiver_qualifier,
        receiver_id=back.receiver,
        group_sender=back.group_sender,
        group_receiver=back.group_receiver,
        submitter_name="",
        submitter_id="",
        receiver_name="",
        receiver_number="",
        usage=Usage(back.usage),
        wants_ta1=False,
    )


def marks_of(back: Back) -> Delimiters:
    """Give its delimiters."""
    marks = back.marks
    return Delimiters(element=marks[0], component=marks[1], segment=marks[2], repetition=marks[3:])
