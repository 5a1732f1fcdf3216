"""The door to the partners' mailboxes: over SFTP, or as a folder on this machine."""
