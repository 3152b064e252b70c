"""Facts that have to do with packages of rpm."""
