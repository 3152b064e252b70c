"""Bytes to a host: the persistent shell, ssh, local, memory; files; privilege. Knows nothing of operations or facts."""
