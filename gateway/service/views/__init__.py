"""What people and programs ask to see, one file a noun. Every list comes in pages; nothing here changes anything."""
