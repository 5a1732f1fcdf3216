"""Files on their way: the spool while one is fetched, zip archives, PGP."""
