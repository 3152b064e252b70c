"""Facts about crontabs. The public names are in ``pyinfra.facts.crontab``."""
