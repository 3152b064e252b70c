"""How hardware is read."""
