"""Use cases: one file each. A function takes the office, does one thing, and gives back values; faces parse and print."""
