"""The command line: a command parses, calls one use case, prints, and returns a status. Heavy imports wait."""
