"""Begin: found a practice, look whether everything is there, import code lists, rehearse."""
