"""Facts: what they are, how they are identified, kept and read."""
