"""How what happened is written for people."""

import pytest

from gateway.cli.face.show import decided_by
from gateway.event import Event


@pytest.mark.parametrize(
    ("artefact", "actor", "reason", "written"),
    [
        ("person", "Ana Reyes", "write-off approved", " (Ana Reyes: write-off approved)"),
        ("person", "Ana Reyes", "", " (Ana Reyes)"),
        ("file 3", "Ana Reyes", "they have it", " (Ana Reyes: they have it)"),
        ("inbound 12", "gateway", "", ""),
    ],
)
def test_a_persons_decision_is_written_with_name_and_reason(
    artefact: str, actor: str, reason: str, written: str
) -> None:
    event = Event(kind="claim.closed", about="C1", said="closed", artefact=artefact, actor=actor, reason=reason)
    assert decided_by(event) == written
