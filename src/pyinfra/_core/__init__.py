"""Values and pure functions. Imports nothing outside the standard library."""
