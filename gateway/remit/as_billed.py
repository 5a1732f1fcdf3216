"""What a payer names as billed in one line of an answer, beside what we billed in one of ours."""

from gateway.claim import ServiceLine
from gateway.remittance import LinePayment


def plain(text: str) -> str:
    """Give a number or code without blanks, in upper case: payers change both."""
    return "".join(text.split()).upper()


def procedure_of(answer: LinePayment) -> str:
    """Give the procedure that the payer names as billed: SVC06, else SVC01."""
    return plain(answer.billed_procedure or answer.procedure)


def is_same_service(answer: LinePayment, line: ServiceLine) -> bool:
    """Tell whether it names our procedure and day, as far as it names a day."""
    return procedure_of(answer) == line.procedure and (answer.day is None or answer.day == line.day)


def is_near(answer: LinePayment, line: ServiceLine) -> bool:
    """Tell whether procedure, charge and day are ours; modifiers and units may be others. A reversal negates the charge."""
    return abs(answer.charge) == line.charge and is_same_service(answer, line)


def is_alike(answer: LinePayment, line: ServiceLine) -> bool:
    """Tell whether all that it names as billed is ours: modifiers in any order; units that it leaves out do not count."""
    if not is_near(answer, line):
        return False
    units = answer.units if answer.billed_units is None else answer.billed_units
    modifiers = answer.billed_modifiers or answer.modifiers
    return sorted(modifiers) == sorted(line.modifiers) and (units is None or abs(units) == line.units)


def may_have_lost(answer: LinePayment, line: ServiceLine) -> bool:
    """Tell whether it may be the answer to a line that it names less of: modifiers left out, units cut."""
    is_less = set(answer.modifiers) <= set(line.modifiers) and (answer.units is None or abs(answer.units) <= line.units)
    is_told = bool(answer.billed_modifiers) or answer.billed_units is not None
    return is_near(answer, line) and is_less and (not is_told or is_alike(answer, line))


def content_of(answer: LinePayment) -> LinePayment:
    """Give what it says, whichever line it stands in."""
    return answer._replace(control="", ordinal=0)


def billed_of(line: ServiceLine) -> tuple[object, ...]:
    """Give by what an answer could tell a line of ours from another one, but for its control."""
    return line.procedure, sorted(line.modifiers), line.charge, line.units, line.day
