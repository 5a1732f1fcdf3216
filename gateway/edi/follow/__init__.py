"""A transaction set followed through its guide: where each segment belongs, what does not, and the loops that come out."""
