"""JSON from anybody: in either form and any order of members, and refused with its path where it is not as the schema has it."""

import io
import json
import random
from typing import Any

import pytest

from gateway.edi import check
from gateway.edi.json.schema_text import document_schema, line_schema
from gateway.edi.json.schemas import PROFESSIONAL, REMITTANCE, SCHEMAS, Schema
from gateway.edi.json.texts import lines, read
from gateway.errors import ConversionRefused
from tests.edi.json.test_records import FILES, from_json, to_json
from tests.edi.made_files import made_file
from tests.edi.write.test_rewriting import PROFESSIONAL as PROFESSIONAL_FILES
from tests.edi.write.test_rewriting import SAMPLES, bare

RAW = bare((SAMPLES / "837p" / "dependent.edi").read_bytes())
PATIENT = (
    "interchanges",
    0,
    "groups",
    0,
    "transaction_sets",
    0,
    "billing_providers",
    0,
    "subscribers",
    0,
    "patients",
    0,
)
PATH = "interchanges[0].groups[0].transaction_sets[0].billing_providers[0].subscribers[0].patients[0]"


def made() -> Any:
    return json.loads(to_json(RAW))


def patient(whole: Any) -> Any:
    for step in PATIENT:
        whole = whole[step]
    return whole


def refusal(text: bytes) -> str:
    with pytest.raises(ConversionRefused) as refused:
        from_json(text)
    return str(refused.value)


@pytest.mark.parametrize("raw", FILES[:8])
def test_members_may_come_in_any_order(raw: bytes) -> None:
    """As PostgreSQL's jsonb gives them, say."""
    rng = random.Random(7)

    def shuffled(value: Any) -> Any:
        if isinstance(value, list):
            return [shuffled(one) for one in value]
        if isinstance(value, dict):
            return {name: shuffled(value[name]) for name in rng.sample(sorted(value), len(value))}
        return value

    assert from_json(json.dumps(shuffled(json.loads(to_json(raw)))).encode()) == bare(raw)


def test_a_claim_left_out_leaves_counts_that_are_right() -> None:
    whole = json.loads(to_json(PROFESSIONAL_FILES[-1]))
    (one,) = whole["interchanges"][0]["groups"][0]["transaction_sets"]
    before = len(one["billing_providers"][0]["subscribers"])
    del one["billing_providers"][0]["subscribers"][1:3]
    report = check(again := from_json(json.dumps(whole).encode()))
    assert not report.findings
    (one,) = json.loads(to_json(again))["interchanges"][0]["groups"][0]["transaction_sets"]
    assert len(one["billing_providers"][0]["subscribers"]) == before - 2


def test_what_was_added_stands_where_the_guide_wants_it() -> None:
    whole = made()
    claim = patient(whole)["claims"][0]
    claim["prior_authorization"] = {"number": "A1"}
    claim["onset"] = {"format": "D8", "date": "20261101"}
    claim["order"] = ["lines", "diagnoses", "rendering_provider", "lines"]
    again = from_json(json.dumps(whole).encode())
    assert b"*Y*Y~DTP*431*D8*20261101~REF*G1*A1~LX*" in again


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: one["claims"][0].update(charge=175.5), f"{PATH}.claims[0].charge: is not a text"),
        (lambda one: one["claims"][0].update(charge="1*5"), f"{PATH}.claims[0].charge: holds a delimiter"),
        (lambda one: one["claims"][0].update(chrage="1"), f'{PATH}.claims[0]: there is no "chrage"'),
        (lambda one: one["claims"][0].update(element_2="1"), f'{PATH}.claims[0]: there is no "element_2"'),
        (lambda one: one["claims"][0].update({"Jane Doe": "1"}), f"{PATH}.claims[0]: there is no such member"),
        (lambda one: one["claims"][0].update(lines={}), f"{PATH}.claims[0].lines: is not a list"),
        (lambda one: one["claims"][0]["lines"].append(3), f"{PATH}.claims[0].lines[2]: is not an object"),
        (lambda one: one["claims"][0].update(order=["x"]), f"{PATH}.claims[0].order: is not a list of names"),
        (
            lambda one: one["claims"][0]["lines"][1]["service"]["procedure"].update(code="97:1"),
            f"{PATH}.claims[0].lines[1].service.procedure.code: holds a delimiter",
        ),
        (
            lambda one: one["claims"][0]["lines"][1]["service"].update(diagnosis_pointers=["1", 2]),
            f"{PATH}.claims[0].lines[1].service.diagnosis_pointers[1]: is not a text",
        ),
        (
            lambda one: one["claims"][0]["diagnoses"]["codes"][0].update(name="x"),
            f'{PATH}.claims[0].diagnoses.codes[0]: there is no "name"',
        ),
        (lambda one: one["claims"].append("x"), f"{PATH}.claims[1]: is not an object"),
        (lambda one: one.update(claims="x"), f"{PATH}.claims: is not a list"),
        (lambda one: one["patient"].update(name="MÜLLER Ω"), "holds a character that X12 cannot carry"),
    ],
)
def test_what_is_not_as_the_schema_has_it_is_refused_with_its_path(change: Any, said: str) -> None:
    whole = made()
    change(patient(whole))
    assert said in refusal(json.dumps(whole).encode())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "the document: is no JSON"),
        (b"ISA*00*", "the document: is no JSON"),
        (b"[1]", "the document: is not an object"),
        (b"{}", "the document: does not say which schema it is of"),
        (b'{"schema": "gateway.x12.837p/2"}', "the document: does not say which schema it is of"),
        (b'{"schema": "gateway.x12.837p/1", "claims": []}', "the document: has 1 members beside interchanges"),
        (b'{"schema": "gateway.x12.837p/1", "schema": "gateway.x12.835/1"}', "an object has a member twice"),
        (b"[" * 100_000, "the document: is no JSON"),
        (b'{"record": "file", "schema": "gateway.x12.835/1"}\n', "the file ends before"),
        (b'{"record": "file", "schema": "gateway.x12.835/1"}\n{"record": "line"}\n', "line 2: is no kind of record"),
        (
            b'{"record": "file", "schema": "gateway.x12.835/1"}\n{"record": "claim_payment"}\n',
            "line 2: a claim_payment stands in no provider_group",
        ),
        (
            b'{"record": "file", "schema": "gateway.x12.835/1"}\n{"record": "end", "records": 1}\n',
            "line 2: counts other",
        ),
        (
            b'{"record": "file", "schema": "gateway.x12.835/1"}\n{"record": "end"}\n{}',
            "something stands behind the end",
        ),
        (b'{"record": "file", "schema": "gateway.x12.835/1"}\n{"record": 3}\n', "line 2: does not say what it is"),
        (
            b'{"record": "file", "schema": "gateway.x12.835/1"}\n{"record": "transaction_set_end"}\n',
            "line 2: a transaction_set_end stands in no transaction_set",
        ),
    ],
)
def test_what_is_no_json_of_ours_is_refused(text: bytes, said: str) -> None:
    assert said in refusal(text)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("sender_id", "SIXTEEN LETTERS LONG", "ISA06 is longer than 15 characters"),
        ("element_separator", ":", "two delimiters are the same character"),
        ("segment_terminator", 3, "a delimiter is not a text"),
        ("element_17", "x", "more than its sixteen elements"),
    ],
)
def test_an_envelope_that_cannot_be_is_refused(name: str, value: object, said: str) -> None:
    whole = made()
    whole["interchanges"][0][name] = value
    assert said in refusal(json.dumps(whole).encode())


def test_other_delimiters_are_written_where_they_are_asked_for() -> None:
    whole = made()
    whole["interchanges"][0] |= {"element_separator": "|", "component_separator": ">", "segment_terminator": "\n"}
    assert from_json(json.dumps(whole).encode()).translate(bytes.maketrans(b"|>\n", b"*:~")) == RAW


def test_a_line_more_or_less_is_noticed() -> None:
    text = to_json(RAW, lines).splitlines(keepends=True)
    assert from_json(b"".join(text)) == RAW
    assert "counts other records" in refusal(b"".join(text[:-2] + text[-1:]))
    assert "the file ends before" in refusal(b"".join(text[:-1]))


def test_nothing_that_the_end_of_a_set_says_is_passed_over() -> None:
    *head, last = to_json(bare(FILES[-1]), lines).splitlines(keepends=True)
    end = b'{"record":"transaction_set_end","control_number":"7"}\n'
    assert "holds provider_adjustments, and this one something else" in refusal(b"".join([*head, end, last]))


def faults(schema: Any, value: Any, root: Any, path: str = "") -> list[str]:
    """Judge by those words of JSON Schema that ours has."""
    if "$ref" in schema:
        return faults(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], value, root, path)
    if "oneOf" in schema:
        return [] if sum(not faults(one, value, root, path) for one in schema["oneOf"]) == 1 else [path]
    if "const" in schema or "enum" in schema:
        return [] if value in schema.get("enum", [schema.get("const")]) else [path]
    if schema["type"] == "array":
        return [f for at, one in enumerate(value) for f in faults(schema["items"], one, root, f"{path}[{at}]")]
    if schema["type"] == "object":
        unknown = [f"{path}.{name}" for name in value if name not in schema["properties"]]
        missing = [f"{path} lacks {name}" for name in schema.get("required", ()) if name not in value]
        known = [(name, one) for name, one in value.items() if name in schema["properties"]]
        inner = [f for name, one in known for f in faults(schema["properties"][name], one, root, f"{path}.{name}")]
        return [*unknown, *missing, *inner]
    return [] if isinstance(value, {"string": str, "integer": int}[schema["type"]]) else [path]


@pytest.mark.parametrize("schema", [PROFESSIONAL, REMITTANCE], ids=lambda one: one.table)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_written_is_as_the_schema_says(schema: Schema, seed: int) -> None:
    raw = made_file(schema.guide, seed)
    whole = document_schema(schema)
    assert faults(whole, json.loads(to_json(raw)), whole) == []
    line = line_schema(schema)
    assert not [f for text in to_json(raw, lines).splitlines() for f in faults(line, json.loads(text), line)]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda one: one.table)
def test_a_schema_says_its_dialect_and_version_and_every_reference_leads_somewhere(schema: Schema) -> None:
    for made_schema in (document_schema(schema), line_schema(schema)):
        assert made_schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert made_schema["$id"].startswith(schema.id)
        text = json.dumps(made_schema)
        named = {part.split('"')[0] for part in text.split('"#/$defs/')[1:]}
        assert named <= made_schema["$defs"].keys()


def test_either_form_says_its_schema() -> None:
    for raw, schema in ((RAW, PROFESSIONAL), (bare(FILES[-1]), REMITTANCE)):
        assert read(io.BytesIO(to_json(raw)))[0] is schema
        assert read(io.BytesIO(to_json(raw, lines)))[0] is schema
