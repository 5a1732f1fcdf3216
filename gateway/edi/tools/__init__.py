"""A file shown, explained, compared, split and reformatted: what the x12 commands do."""
