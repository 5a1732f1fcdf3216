"""An 835 against our claims: does it add up, which line is which, and where does every cent go."""
