"""The rules of an 835 (005010X221A1)."""
