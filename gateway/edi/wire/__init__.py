"""Segments as they stand in a file, amounts and dates read strictly, and findings; no guide is known here."""
