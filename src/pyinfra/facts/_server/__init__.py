"""Facts about a system as a whole, by topic. The public names are in ``pyinfra.facts.server``."""
