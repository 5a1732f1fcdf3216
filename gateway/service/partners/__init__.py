"""Trading partners: called or left alone, their host keys pinned, what their servers can do tried out."""
