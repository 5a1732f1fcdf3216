"""Whether this is the ledger that the home folder has worked with."""
