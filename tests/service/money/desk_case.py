"""One case of `desk_cases/`: files that come and what people do between them, and what has to be on the desk at the end.

The cases were written from the facts of the trade by somebody who did not see the code; nothing of them is changed here.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from gateway.desk import ItemKind, ItemState
from gateway.errors import UsageError
from gateway.ledger import desk
from gateway.ledger.desk import DeskItem
from gateway.listing import asked_for
from gateway.money import from_cents
from gateway.service.claims.close import close_claim
from gateway.service.desk.decide import close_item, give_back
from gateway.service.desk.place import place
from gateway.service.money.reconcile import reconcile
from tests.service.money.answer_case import Played

CASES: Final = Path(__file__).with_name("desk_cases")


class DeskPlayed(Played):
    """A case of the desk at work."""

    def __init__(self, office: Any, case: dict[str, Any]) -> None:
        super().__init__(replace(office, actor="Ana Reyes"), case)
        self.wrong: list[str] = []

    def act(self) -> None:
        """Have the files come and people act, in the order of the case."""
        for step in self.case.get("steps") or [{"file": at} for at in range(len(self.case["files"]))]:
            if "file" in step:
                self.play((step["file"],))
                continue
            try:
                self._do(step)
                was_refused = False
            except UsageError:
                was_refused = True
            if was_refused != step.get("refused", False):
                self.wrong.append(f"{step['act']} was {'refused' if was_refused else 'taken'}")

    def _do(self, step: dict[str, Any]) -> None:
        if step["act"] == "close claim":
            close_claim(self.office, self.claims[step["claim"]].pcn, reason=step["why"])
            return
        number = self._item(step["item"]).id
        if step["act"] == "place":
            place(self.office, number, self.claims[step["claim"]].pcn, reason=step["why"])
        elif step["act"] == "return":
            give_back(self.office, number, reason=step["why"])
        else:
            close_item(self.office, number, reason=step["why"])

    def _item(self, meant: dict[str, str]) -> DeskItem:
        found = [
            one
            for one in self._items()
            if (one.kind, from_cents(one.cents), one.trace) == (meant["kind"], Decimal(meant["amount"]), meant["trace"])
        ]
        assert len(found) == 1, f"{meant}: {len(found)} items"
        return found[0]

    def _items(self) -> tuple[DeskItem, ...]:
        with self.office.ledger.reading() as tx:
            return desk.page_of(tx, self.office.practice.key, asked_for(limit=100)).rows

    def differences(self) -> Iterator[str]:
        """Say what stands otherwise than the case wants."""
        yield from self.wrong
        yield from super().differences()
        names = {claim.pcn: name for name, claim in self.claims.items()}
        is_open = sorted(
            (one.kind.value, str(from_cents(one.cents)), names.get(one.claim, ""), one.account)
            for one in self._items()
            if one.state is ItemState.OPEN and one.kind is not ItemKind.REFUND
        )
        wanted = sorted(
            (one["kind"], one["amount"], one["claim"] or "", one["account"]) for one in self.case["expect"]["desk"]
        )
        if is_open != wanted:
            yield f"on the desk {is_open}, wanted {wanted}"
        accounts = {name: str(amount) for name, amount in reconcile(self.office).accounts.items() if amount}
        if accounts != self.case["expect"]["accounts"]:
            yield f"accounts {accounts}, wanted {self.case['expect']['accounts']}"
