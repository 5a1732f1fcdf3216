"""What a guide asks of segments together (SNIP 3 to 5), as small rules; the guide's own grammar is SNIP 2."""
