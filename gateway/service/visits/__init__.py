"""Visits: imported, scrubbed into claims, corrected, explained."""
