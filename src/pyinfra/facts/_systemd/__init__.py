"""Facts about systemd. The public names are in ``pyinfra.facts.systemd``."""
