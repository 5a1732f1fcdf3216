"""PGP per partner, end to end: encrypted once at sealing, decrypted when read, and refused where it is not as agreed."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.delivery import Delivery
from gateway.ledger import inbound, outbox
from gateway.ledger.inbound import InboundState, Reason
from gateway.lifecycle import ClaimState
from gateway.service.inbound.post import post
from gateway.service.money.reconcile import reconcile
from gateway.service.office import Office
from gateway.service.outbound.batch import seal_batches
from gateway.service.outbound.by_hand import export
from gateway.service.outbound.deliver import deliver
from gateway.service.visits.scrub import scrub_visits
from tests.servers.gnupg_keys import PASSPHRASE, Keys
from tests.service import clinic
from tests.service.clinic import taken, the_claim, visit
from tests.service.partner_side import NAME, Server, body_of, file_of

pytestmark = pytest.mark.gnupg


@pytest.fixture
def secret(office: Office, pgp_keys: Keys, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The office, whose partner north encrypts and signs."""
    monkeypatch.setenv("OURS", PASSPHRASE)
    north = clinic.partner("north", pgp=pgp_keys.ours)
    settings = replace(office.settings, partners={"north": north, "south": clinic.partner("south")})
    office = replace(office, settings=settings)
    taken(office, visit())
    scrub_visits(office)
    assert seal_batches(office).claims == 1
    return office


def test_what_leaves_is_encrypted_once_and_only_the_partner_reads_it(secret: Office, pgp_keys: Keys) -> None:
    server = Server(cut_before={"rename_no_clobber"})
    deliver(secret, server.open)
    server.cut_before = set()
    deliver(secret, server.open)
    assert file_of(secret).state is Delivery.SENT
    (arrived,) = server.arrivals()
    with secret.ledger.reading() as tx:
        assert arrived == outbox.wire_of(tx, secret.practice.key, file_of(secret).id)
    assert arrived != body_of(secret)
    assert pgp_keys.gpg("them", "--decrypt", body=arrived) == body_of(secret)
    assert reconcile(secret).holds


def test_what_a_person_uploads_by_hand_is_encrypted_too(secret: Office, pgp_keys: Keys, tmp_path: Path) -> None:
    export(secret, NAME, tmp_path / "upload.pgp", reason="their SFTP is down")
    copy = (tmp_path / "upload.pgp").read_bytes()
    assert copy != body_of(secret)
    assert pgp_keys.gpg("them", "--decrypt", body=copy) == body_of(secret)


def test_what_comes_is_kept_as_it_came_and_read_decrypted(secret: Office, pgp_keys: Keys) -> None:
    deliver(secret, Server().open)
    us = pgp_keys.fingerprints["us"]
    raw = pgp_keys.gpg("them", "--encrypt", "--sign", "--recipient", us, body=clinic.answer_999(1))
    number = clinic.arrived(secret, raw)
    (posted,) = post(secret)
    assert (posted.state, posted.kinds) == (InboundState.POSTED, {"999": 1})
    assert the_claim(secret).state is ClaimState.RECEIVED
    with secret.ledger.reading() as tx:
        assert inbound.bytes_of(tx, secret.practice.key, number) == raw


@pytest.mark.parametrize("kind", ["plain", "unsigned", "stranger"])
def test_what_is_not_encrypted_and_signed_as_agreed_is_set_aside(secret: Office, pgp_keys: Keys, kind: str) -> None:
    deliver(secret, Server().open)
    us, body = pgp_keys.fingerprints["us"], clinic.answer_999(1)
    raw = {
        "plain": lambda: body,
        "unsigned": lambda: pgp_keys.gpg("them", "--encrypt", "--recipient", us, body=body),
        "stranger": lambda: pgp_keys.gpg("stranger", "--encrypt", "--sign", "--recipient", us, body=body),
    }[kind]()
    clinic.arrived(secret, raw)
    (posted,) = post(secret)
    assert (posted.state, the_claim(secret).state) == (InboundState.SET_ASIDE, ClaimState.SENT)
    with secret.ledger.reading() as tx:
        assert inbound.by_id(tx, secret.practice.key, posted.id).reason == Reason.PGP


def test_a_key_of_ours_that_cannot_be_used_seals_nothing_and_sets_answers_aside(
    secret: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.arrived(secret, clinic.answer_999(1))
    monkeypatch.delenv("OURS")
    taken(secret, visit("V-2"))
    scrub_visits(secret)
    sealed = seal_batches(secret)
    assert (sealed.files, [name for name, _ in sealed.refused]) == ((), ["north"])
    (posted,) = post(secret)
    assert posted.state is InboundState.SET_ASIDE
    assert NAME not in posted.why
