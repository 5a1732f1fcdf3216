"""gateway demo: sample visits played from end to end, and how it is told."""
