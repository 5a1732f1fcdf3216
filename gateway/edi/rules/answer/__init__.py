"""The rules of what answers a claim file: 999 (005010X231A1) and 277CA (005010X214)."""
