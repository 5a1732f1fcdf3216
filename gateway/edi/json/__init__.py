"""X12 as JSON and back, byte for byte."""
