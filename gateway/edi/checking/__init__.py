"""All that is wrong with a file, as findings: envelopes, sets and rules in one pass; and who else is asked."""
