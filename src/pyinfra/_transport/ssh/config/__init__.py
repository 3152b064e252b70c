"""OpenSSH's configuration: its syntax, its rules, and what they say of one host."""
