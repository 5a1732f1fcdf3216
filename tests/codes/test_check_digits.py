from hypothesis import example, given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.us import rtn

from gateway.codes.npi import is_npi
from gateway.codes.postal import is_zip, is_zip_plus_4
from gateway.codes.routing_number import is_routing_number

DIGITS = st.text("0123456789", min_size=9, max_size=11)
ANYTHING = DIGITS | st.text(max_size=12)


@given(DIGITS.map(lambda tail: "1" + tail[1:10]) | ANYTHING)
@example("1234567893")
@example("2234567891")
def test_an_npi_is_what_stdnum_reckons(text: str) -> None:
    plain = len(text) == 10 and text.isascii() and text.isdigit() and text[0] in "12"
    assert is_npi(text) == (plain and luhn.is_valid("80840" + text))


@given(st.integers(10**8, 3 * 10**8 - 1))
def test_exactly_one_check_digit_makes_an_npi(stem: int) -> None:
    assert [is_npi(f"{stem}{digit}") for digit in range(10)].count(True) == 1


@given(DIGITS.map(lambda digits: digits[:9]) | ANYTHING)
@example("021000021")
@example("021000012")
def test_a_routing_number_is_what_stdnum_reckons(text: str) -> None:
    plain = len(text) == 9 and text.isascii() and text.isdigit()
    assert is_routing_number(text) == (plain and rtn.is_valid(text))


@given(st.text("0123456789", min_size=8, max_size=8), st.integers(0, 8))
def test_exactly_one_digit_completes_a_routing_number(eight: str, at: int) -> None:
    assert [is_routing_number(f"{eight[:at]}{digit}{eight[at:]}") for digit in range(10)].count(True) == 1


def test_a_zip_has_five_digits_or_nine() -> None:
    assert is_zip("00501")
    assert is_zip("972013456")
    assert is_zip_plus_4("972013456")
    assert not is_zip_plus_4("97201")
    for wrong in ("", "9720", "972011", "97201-3456", "9720A", "00000", "000000000", "٩٧٢٠١"):
        assert not is_zip(wrong), wrong
        assert not is_zip_plus_4(wrong), wrong
