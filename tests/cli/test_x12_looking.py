"""gateway x12 show and explain, as a person and a pipe call them."""

import json
from pathlib import Path

from tests.cli.test_x12 import CLEAN, gateway
from tests.edi.checking.test_check import FAULTLESS

NUMBER = FAULTLESS.split(b"CLM*")[1].split(b"*")[0].decode()


def test_show_prints_each_segment_in_words() -> None:
    status, out, _ = gateway("show", str(CLEAN))
    assert (status, "BHT06 Claim or Encounter Identifier: CH" in out) == (0, True)
    assert gateway("show", "-", pipe=FAULTLESS) == (status, out, "")


def test_show_of_one_claim_leaves_out_what_it_does_not_stand_in() -> None:
    status, out, _ = gateway("show", str(CLEAN), "--claim", NUMBER)
    assert (status, f"CLM01 Patient Control Number: {NUMBER}" in out, "ISA" in out) == (0, True, False)
    status, out, err = gateway("show", str(CLEAN), "--claim", "NOBODY")
    assert (status, out, "no claim or payment" in err, "NOBODY" in err) == (2, "", True, False)


def test_show_of_a_cut_file_says_so() -> None:
    status, out, err = gateway("show", "-", pipe=FAULTLESS[:-20])
    assert (status, "BHT06" in out, "or cut off" in err) == (1, True, True)


def test_explain_says_what_is_wanted_what_stands_there_and_what_is_wrong(tmp_path: Path) -> None:
    bad = tmp_path / "bad.837"
    bad.write_bytes(FAULTLESS.replace(b"*CH~", b"*XX~"))
    status, out, _ = gateway("explain", str(bad), "--segment", "4")
    assert status == 1
    assert "  06    Claim or Encounter Identifier: XX\n        required, code, 2 characters, data element 640" in out
    assert "error: segment 4 BHT06" in out
    status, out, _ = gateway("explain", "-", "--segment", "4", "--json", pipe=FAULTLESS)
    told = json.loads(out)
    assert (status, told["findings"], told["segment"]["elements"][5]["values"]) == (0, [], ["CH"])


def test_explain_of_a_segment_that_is_not_there_is_a_wrong_call() -> None:
    status, _, err = gateway("explain", str(CLEAN), "--segment", "9999")
    assert (status, "there is no segment 9999" in err) == (2, True)


def test_what_is_no_x12_can_neither_be_shown_nor_explained() -> None:
    assert gateway("show", "-", pipe=b"hello")[0] == 3
    assert gateway("explain", "-", "--segment", "1", pipe=b"hello")[0] == 3
