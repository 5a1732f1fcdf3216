"""The figures of `gateway reconcile` as one line of key=value, for scripts and for comparing two runs."""

from gateway.lifecycle import ClaimState, VisitState
from gateway.service.money.reconcile import Reconciled

_BUCKETS = ("not yet answered", "paid", "contractual", "patient", "other payer", "denied", "written off")


def summary(outcome: Reconciled) -> str:
    """Write the one line with every state's count and every bucket; it begins visits=."""
    visits = sum(outcome.visits.values())
    parts = [f"visits={visits}"]
    parts += [f"visits_{_key(state)}={outcome.visits.get(state, 0)}" for state in VisitState if state != "superseded"]
    parts.append(f"claims={sum(outcome.claims.values())}")
    parts += [f"claims_{_key(state)}={outcome.claims.get(state, 0)}" for state in ClaimState]
    parts.append(f"charged=${outcome.charged}")
    zero = outcome.charged - outcome.charged
    parts += [f"money_{_key(name)}=${outcome.buckets.get(name, zero)}" for name in _BUCKETS]
    parts += [f"money_parked=${outcome.parked}", f"money_set_aside=${outcome.set_aside}"]
    parts += [f"money_{_key(name)}=${amount}" for name, amount in outcome.accounts.items()]
    parts += [f"money_paid_back=${outcome.paid_back}", f"money_not_ours=${outcome.not_ours}"]
    parts.append(f"money_on_earlier_versions=${outcome.on_earlier_versions}")
    parts += [f"lost={outcome.lost}", f"duplicated={outcome.duplicated}", f"unexplained=${outcome.unexplained}"]
    return " ".join(parts)


def _key(words: str) -> str:
    return words.replace(" ", "_")
