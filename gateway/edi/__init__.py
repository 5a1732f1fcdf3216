"""X12 5010 as values: segments, envelopes, the 837P that we write and the answers that we read."""
