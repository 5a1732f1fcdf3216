"""Published code lists as CSV beside tiny look-ups by date of service. Codes and our own short wording only."""
