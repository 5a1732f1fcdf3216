"""Who is there, and who has an account."""
