"""What was read is written again: the same bytes if nothing was changed, and sound X12 if claims were left out or moved."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.edi import check, read_claims, read_remittances, write_claims, write_remittances
from gateway.errors import ConversionRefused
from tests.bench.x12_files import professional_file, remittance_file
from tests.edi.made_files import made_file

SAMPLES = Path(__file__).parents[3] / "samples"
PROFESSIONAL = [*(path.read_bytes() for path in sorted(SAMPLES.glob("837p/*.edi"))), professional_file(120)]
REMITTANCES = [*(path.read_bytes() for path in sorted(SAMPLES.glob("835/*.edi"))), remittance_file(120)]
CORPUS = Path(__file__).parents[3].parent / "shared" / "corpus" / "files"


def bare(raw: bytes) -> bytes:
    return b"".join(raw.splitlines())


def claims_again(raw: bytes) -> bytes:
    return b"".join(write_claims(read_claims(raw)))


def remittances_again(raw: bytes) -> bytes:
    return b"".join(write_remittances(read_remittances(raw)))


@pytest.mark.parametrize("raw", PROFESSIONAL)
def test_claims_written_again_are_the_file(raw: bytes) -> None:
    assert claims_again(raw) == bare(raw)


@pytest.mark.parametrize("raw", REMITTANCES)
def test_remittances_written_again_are_the_file(raw: bytes) -> None:
    assert remittances_again(raw) == bare(raw)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 100_000))
def test_whatever_the_guide_allows_is_written_again_as_it_stood(seed: int) -> None:
    professional, remittance = made_file("005010X222A1", seed), made_file("005010X221A1", seed)
    assert not check(professional, snip=2).findings
    assert not check(remittance, snip=2).findings
    assert claims_again(professional) == bare(professional)
    assert remittances_again(remittance) == bare(remittance)


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of third-party files is not here")
def test_each_accepted_file_of_the_corpus_is_written_again_as_it_stood() -> None:
    compared = 0
    for path in sorted(CORPUS.glob("837P/*")):
        raw = path.read_bytes()
        if check(raw, snip=2).accepted and b"*837*" in raw:
            assert b"".join(claims_again(raw).split()) == b"".join(raw.split()), path.name
            compared += 1
    assert compared > 15


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_claims_left_out_or_moved_give_a_file_that_its_guide_accepts(rng: object) -> None:
    """Levels once for each run of claims that share them, numbers and counts anew."""
    assert hasattr(rng, "sample")
    claims = list(read_claims(PROFESSIONAL[-1]))
    chosen = rng.sample(claims, rng.randrange(1, 40))  # type: ignore[attr-defined]  # a Random, which hypothesis draws
    again = b"".join(write_claims(chosen))
    assert not check(again, snip=2).findings
    read = list(read_claims(again))
    assert [one.patient_control_number for one in read] == [one.patient_control_number for one in chosen]
    for before, after in zip(chosen, read, strict=True):
        assert list(before.loop.texts("*")) == list(after.loop.texts("*"))
        assert before.subscriber == after.subscriber or str(before.subscriber) == str(after.subscriber)
        assert (before.patient and before.patient.naming) == (after.patient and after.patient.naming)
        level, below = after.loop.level("2000B"), after.loop.level("2000C")
        assert level is not None
        assert level.first("HL")[4] == ("1" if below else "0")


def test_patients_left_out_leave_their_subscriber_without_levels_below() -> None:
    """A subscriber with a claim of his own and a patient below: HL04 follows what is written, not what was read."""
    two = [one for one in read_claims(made_file("005010X222A1", 3)) if one.loop.level("2000C")][:1]
    (own, *_) = [one for one in read_claims(made_file("005010X222A1", 3)) if one.loop.level("2000C") is None]
    assert b"*22*1~" in b"".join(write_claims(two))
    assert b"*22*1~" not in b"".join(write_claims([own]))


def test_claims_of_several_files_become_several_interchanges() -> None:
    every = [claim for raw in PROFESSIONAL[:3] for claim in read_claims(raw)]
    assert b"".join(write_claims(every)) == b"".join(map(bare, PROFESSIONAL[:3]))


def test_a_set_that_comes_a_second_time_is_refused() -> None:
    one, two = (next(iter(read_claims(raw))) for raw in PROFESSIONAL[:2])
    with pytest.raises(ValueError, match="comes a second time"):
        list(write_claims([one, two, one]))


@pytest.mark.parametrize("until", [-60, -30, -12, -1])
def test_a_cut_file_is_not_made_to_look_whole(until: int) -> None:
    with pytest.raises(ConversionRefused, match="not read to a sound end"):
        claims_again(PROFESSIONAL[0].strip()[:until])
    with pytest.raises(ConversionRefused, match="not read to a sound end"):
        remittances_again(REMITTANCES[0].strip()[:until])


def test_payments_that_were_taken_before_are_missed() -> None:
    (one,) = (one for one in [next(iter(read_remittances(REMITTANCES[0])))])
    next(one.payments())
    with pytest.raises(ValueError, match="taken before"):
        list(write_remittances([one]))


def test_nothing_gives_nothing() -> None:
    assert list(write_claims([])) == []
    assert list(write_remittances([])) == []
