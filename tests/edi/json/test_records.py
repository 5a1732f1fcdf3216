"""X12 as JSON and back: the same bytes, or a refusal; never something less."""

import io
import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.edi import check
from gateway.edi.guide.compiled import corrected
from gateway.edi.guide.tree import Loop, SegmentUse
from gateway.edi.json.names import Runs, shapes
from gateway.edi.json.records import RecordReading
from gateway.edi.json.schemas import SCHEMAS, Schema
from gateway.edi.json.texts import document, lines, read
from gateway.edi.json.writing import written
from gateway.errors import ConversionRefused
from tests.edi.checking.test_check import joined, recounted, segments
from tests.edi.made_files import made_file
from tests.edi.write.test_rewriting import CORPUS, PROFESSIONAL, REMITTANCES, SAMPLES, bare

FILES = [*PROFESSIONAL, *REMITTANCES]
FORMS = [document, lines]


def to_json(raw: bytes, form: Any = document) -> bytes:
    reading = RecordReading(io.BytesIO(raw))
    return "".join(form(reading, reading.schema)).encode()


def from_json(text: bytes) -> bytes:
    schema, records = read(io.BytesIO(text))
    return b"".join(written(records, schema))


def there_and_back(raw: bytes) -> bytes:
    """Empty if it is refused."""
    try:
        return from_json(to_json(raw))
    except ConversionRefused:
        return b""


@pytest.mark.parametrize("raw", FILES)
@pytest.mark.parametrize("form", FORMS)
def test_json_written_back_is_the_file(raw: bytes, form: Any) -> None:
    assert from_json(to_json(raw, form)) == bare(raw)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 100_000), st.sampled_from(["005010X222A1", "005010X221A1"]), st.sampled_from(FORMS))
def test_whatever_the_guide_allows_comes_back_as_it_stood(seed: int, version: str, form: Any) -> None:
    raw = made_file(version, seed)
    assert from_json(to_json(raw, form)) == bare(raw)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, len(FILES) - 1),
    st.integers(),
    st.lists(st.text("AB01*:~^ .-é", max_size=8), max_size=6),
    st.floats(0.5, 2),
)
def test_a_faulty_file_comes_back_as_it_stood_or_is_refused(
    place: int, seed: int, values: list[str], share: float
) -> None:
    rng, every = random.Random(seed), segments(FILES[place])
    for value in values:
        at, to = rng.randrange(1, len(every)), rng.randrange(1, len(every))
        parts = every[at].split("*")
        parts[rng.randrange(1, len(parts))] = value
        every[at] = "*".join(parts)
        if rng.random() < 0.3:
            every[at], every[to] = every[to], every[at]
        if rng.random() < 0.2:
            every.insert(to, every[at])
    raw = joined(every).decode("utf-8").encode("latin-1")
    raw = raw[: int(len(raw) * share)]
    again = there_and_back(raw)
    if not again:
        assert check(raw).findings, "only what is not as it should be is refused"
        return
    reading = RecordReading(io.BytesIO(raw))
    assert len(list(reading)) > 3
    assert set(map(str, check(raw, snip=2).findings)) <= set(map(str, reading.findings)), "what the check finds is told"
    # Blanks between segments are no part of them.
    assert [one.lstrip() for one in again.split(b"~")] == [one.lstrip() for one in raw.split(b"~")]


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of third-party files is not here")
def test_each_file_of_the_corpus_comes_back_as_it_stood_or_is_refused_for_a_finding() -> None:
    whole = 0
    for path in sorted(CORPUS.rglob("*")):
        raw = path.read_bytes() if path.is_file() else b""
        again = there_and_back(raw)
        if not again:
            assert not (check(raw).accepted and path.parent.name in {"837P", "835"}), path.name
            continue
        assert b"".join(again.split()) == b"".join(raw.removeprefix(b"\xef\xbb\xbf").split()), path.name
        whole += 1
    assert whole > 50


@pytest.mark.parametrize("cut", [b"IEA", b"GE*", b"SE*", b"LX*2"])
def test_a_cut_file_is_refused_and_its_json_is_not_whole(cut: bytes) -> None:
    raw = bare(PROFESSIONAL[0])
    reading, so_far = RecordReading(io.BytesIO(raw[: raw.rindex(cut)])), io.StringIO()
    with pytest.raises(ConversionRefused):
        so_far.writelines(document(reading, reading.schema))
    with pytest.raises(json.JSONDecodeError):
        json.loads(so_far.getvalue())


def test_a_refusal_names_the_segment_and_never_what_stands_in_it() -> None:
    raw = bare(PROFESSIONAL[0]).replace(b"~CLM*", b"~SECRET*NAME~CLM*")
    with pytest.raises(
        ConversionRefused, match=r"segment [0-9]+ of its transaction set: a segment has no place"
    ) as refused:
        to_json(raw)
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize("body", [b"", b"nothing", bare(PROFESSIONAL[0]).replace(b"X222A1", b"X999")])
def test_what_is_neither_an_837p_nor_an_835_is_refused(body: bytes) -> None:
    with pytest.raises(ConversionRefused, match="neither an 837P"):
        to_json(body)


def test_a_file_with_findings_is_carried_over_and_they_are_told() -> None:
    raw = bare(PROFESSIONAL[0]).replace(b"*CH~", b"*XX~")
    reading = RecordReading(io.BytesIO(raw))
    records = list(reading)
    assert b"".join(written(records, reading.schema)) == raw
    assert [(one.segment, one.element) for one in reading.findings] == [("BHT", 6)]
    assert list(map(str, reading.findings)) == list(map(str, check(raw).findings))


def test_an_integrator_finds_things_by_name() -> None:
    made = json.loads(to_json((SAMPLES / "837p" / "dependent.edi").read_bytes()))
    assert made["schema"] == "gateway.x12.837p/1"
    provider = made["interchanges"][0]["groups"][0]["transaction_sets"][0]["billing_providers"][0]
    patient = provider["subscribers"][0]["patients"][0]
    claim = patient["claims"][0]
    assert provider["provider"]["tax_id"]["number"] == "900000001"
    assert patient["patient"]["demographics"]["birth_date"] == "20150309"
    assert (claim["patient_control_number"], claim["charge"]) == ("RB00000000000001", "175.5")
    assert [line["service"]["procedure"]["code"] for line in claim["lines"]] == ["97110", "97140"]
    assert claim["lines"][0]["service"]["diagnosis_pointers"] == ["1", "2"]
    assert "order" not in claim


def test_an_unusual_order_is_kept_and_the_usual_one_needs_no_word() -> None:
    raw = bare(PROFESSIONAL[0])
    claim = raw.index(b"~HI*")
    turned = fixed(raw[:claim] + b"~REF*G1*A1~REF*9F*B2" + raw[claim:])
    usual = fixed(raw[:claim] + b"~REF*9F*B2~REF*G1*A1" + raw[claim:])
    assert b'"prior_authorization","referral",' in to_json(turned)
    assert b'"order"' not in to_json(usual)
    assert from_json(to_json(turned)) == turned


def fixed(raw: bytes) -> bytes:
    """With SE01 counted."""
    return joined(recounted(segments(raw)))


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda one: one.table)
def test_everything_in_the_guide_has_a_name_of_ours(schema: Schema) -> None:
    """A map file that changes may bring places without names: they are refused until the table has a row for them."""
    tree = corrected(schema.guide)
    assert tree is not None
    without: list[str] = []
    for loop, use in places(tree):
        rows = schema.names[loop].segments.get(use.id, [])
        codes = use.codes_at(*use.key) if use.key else {""}
        without += [
            f"{loop} {use.id} {code}" for code in codes if schema.names[loop].row(use.id, code) is None or not rows
        ]
        shape = shapes()[use.id]
        for element in use.elements:
            is_run = isinstance(shape.elements[-1], Runs) and element.position >= len(shape.elements)
            if element.usage != "N" and not is_run and shape.is_free(element.position):
                without.append(f"{use.id}{element.position:02}")
    assert not without


def places(tree: Loop, inside: str = "") -> list[tuple[str, SegmentUse]]:
    """Every place, with the loop that has it in our tables: what stands in the footer is the set's own."""
    loop = {"FOOTER": "ST_LOOP", "DETAIL": "ST_LOOP"}.get(tree.id, tree.id) or inside
    found = [(loop, child) for child in tree.children if isinstance(child, SegmentUse) and child.id != "SE"]
    return found + [place for child in tree.loops() if child.usage != "N" for place in places(child, loop)]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda one: one.table)
def test_no_member_of_a_first_segment_is_called_as_another_member_of_its_loop(schema: Schema) -> None:
    for named in schema.names.values():
        assert named.first.shape is not None
        assert not named.first.shape.places.keys() & named.named.keys(), named.id
