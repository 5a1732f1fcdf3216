"""What a denial means for the note and the claim: cause, owner, note section, fix, route and deadline."""
