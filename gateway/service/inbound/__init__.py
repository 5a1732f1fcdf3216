"""Partners' answers: fetched, stored, opened, read in a sandbox, posted; and what people decide about them."""
