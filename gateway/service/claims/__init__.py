"""Which claim an answer is about, and the end of a claim."""
