"""The member's number as the claim writes it."""

from gateway.payer import Payer, Program
from gateway.people import Coverage


def as_on_claim(coverage: Coverage, payer: Payer) -> str:
    """Give NM109 of loop 2010BA or 2330A.

    Medicare's cards print hyphens for the eye, and its claims leave them out (CMS, Understanding the MBI format). Any
    other payer's number is written as it is given: whether its hyphens are part of it is the payer's to say.
    """
    number = coverage.member_id.replace(" ", "")
    return number.replace("-", "").upper() if payer.program is Program.MEDICARE else number
