"""Denials with what to do about each. Nothing here changes anything."""

from operator import attrgetter
from typing import Final

from gateway.denials.route import Route
from gateway.finding import Owner
from gateway.ledger import denials
from gateway.listing import Condition, Field, Kind
from gateway.service.views.lists import Lister

DENIALS: Final = Lister(
    plural="denials",
    fields=(
        Field(name="state", kind=Kind.CHOICE, says="open ones unless you say otherwise", choices=("open", "closed")),
        Field(name="owner", kind=Kind.CHOICE, says="who has to act", choices=tuple(Owner)),
        Field(name="route", kind=Kind.CHOICE, says="the way to take", choices=tuple(Route)),
        Field(name="carc", kind=Kind.CODE, says="the reason code"),
        Field(name="payer", kind=Kind.CODE, says="the payer's id"),
        Field(name="claim", kind=Kind.CODE, says="the claim's patient control number"),
        Field(name="visit", kind=Kind.CODE, says="the key of the visit"),
        Field(name="due", kind=Kind.DAY, says="the last day to act; those without one are left out"),
        Field(name="age", kind=Kind.AGE, says="days since it was posted"),
        Field(name="amount", kind=Kind.MONEY, says="what was denied"),
    ),
    source=denials.LIST,
    page_of=denials.page_of,
    unless_said=(Condition(field="state", wanted=("open",)),),
    configured={"payer": attrgetter("payers")},
)
