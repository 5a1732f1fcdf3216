"""gateway reconcile: the laws, where every claim and dollar is, and the way back of a ledger that is held."""
