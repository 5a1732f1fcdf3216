"""Which manner of delivery follows from what was seen at a partner."""

import pytest

from gateway.capability import Answer, Capability, manner_of, shows_files
from gateway.delivery import Manner
from gateway.errors import ConfigError
from gateway.partner import Publish
from tests.service import clinic

YES, NO, UNKNOWN = Answer
C = Capability


@pytest.mark.parametrize(
    ("seen", "manner"),
    [
        ({}, Manner.RENAME),
        ({C.RENAME: YES, C.RENAME_OVERWRITES: NO, C.HARDLINK: YES}, Manner.RENAME),
        ({C.RENAME_OVERWRITES: YES, C.HARDLINK: YES}, Manner.HARDLINK),
        ({C.RENAME_OVERWRITES: YES, C.HARDLINK: NO}, Manner.DIRECT),
        ({C.RENAME_OVERWRITES: YES, C.HARDLINK: UNKNOWN}, Manner.DIRECT),
        ({C.RENAME_OVERWRITES: YES}, Manner.DIRECT),
        ({C.RENAME_OVERWRITES: UNKNOWN, C.RENAME: YES}, Manner.RENAME),
        ({C.RENAME: NO, C.HARDLINK: YES}, Manner.DIRECT),
        ({C.SEE_SIZE: NO, C.RENAME: UNKNOWN}, Manner.DIRECT),
    ],
)
def test_the_manner_follows_from_what_was_seen(seen: dict[Capability, Answer], manner: Manner) -> None:
    assert manner_of(clinic.partner(), seen) is manner


@pytest.mark.parametrize("manner", Manner)
def test_a_profile_may_choose_for_itself(manner: Manner) -> None:
    assert manner_of(clinic.partner(publish=Publish(manner)), {C.RENAME: NO}) is manner


def test_f31_a_partner_that_takes_temporary_names_gets_nothing_but_direct_deliveries() -> None:
    seen = {C.TAKES_TEMPORARY: YES}
    with pytest.raises(ConfigError, match="partner north: it takes files under their temporary name"):
        manner_of(clinic.partner(), seen)
    assert manner_of(clinic.partner(publish=Publish.DIRECT), seen) is Manner.DIRECT
    assert manner_of(clinic.partner(), {C.TAKES_TEMPORARY: UNKNOWN}) is Manner.RENAME


def test_f23_a_partner_that_keeps_other_bytes_gets_nothing_in_any_manner() -> None:
    for publish in Publish:
        with pytest.raises(ConfigError, match="partner north: it keeps other bytes than were written"):
            manner_of(clinic.partner(publish=publish), {C.READ_BACK: NO, C.SEE_SIZE: NO})
    assert manner_of(clinic.partner(), {C.READ_BACK: UNKNOWN}) is Manner.RENAME


def test_a_partner_shows_files_unless_it_was_seen_not_to() -> None:
    assert shows_files({})
    assert shows_files({C.SEE_SIZE: UNKNOWN})
    assert not shows_files({C.SEE_SIZE: NO})
