"""What loops hold, as values: parties, dates, amounts, payments, prior payments, verdicts of acknowledgments."""
