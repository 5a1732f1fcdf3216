"""Files read: claims, remittances and acknowledgments as values, in a stream."""
