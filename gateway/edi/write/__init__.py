"""X12 written: our own 837P with its envelope, and what was read written again."""
