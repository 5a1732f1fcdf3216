"""Backups, the long look at a ledger, and the way back after a ledger was lost."""
