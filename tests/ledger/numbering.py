"""Interchange numbers taken one after the other, each between the parties that a partner's name stands for."""

from gateway.ledger import Transaction, numbers
from gateway.ledger.numbers import Number
from gateway.partner import Parties


def parties(partner: str, usage: str = "P") -> Parties:
    """Give the parties of an invented account at that partner."""
    return Parties("ZZ:US", f"ZZ:{partner.upper()}", usage)


def take(tx: Transaction, practice: str, partner: str, between: Parties | None = None) -> Number:
    """Take the next number."""
    between = between or parties(partner)
    number = numbers.upcoming(tx, practice, partner, between)
    assert numbers.take(tx, practice, partner, between, number)
    return number
