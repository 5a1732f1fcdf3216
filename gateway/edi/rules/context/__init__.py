"""What a rule may look at beside its segment: the piece of a set that it stands in, looked up once."""
