"""Facts: what can be read from a host, one module per noun."""
