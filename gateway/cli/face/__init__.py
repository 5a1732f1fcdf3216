"""What every command shares: the list of commands, where they work, how they print, how they end."""
