"""Facts about files, by topic. The public names are in ``pyinfra.facts.files``."""
