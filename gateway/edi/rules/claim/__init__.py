"""The rules of an 837P (005010X222A1)."""
