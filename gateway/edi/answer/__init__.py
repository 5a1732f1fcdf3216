"""Checked files answered: TA1 and 999."""
