"""Operations on crontabs. The public names are in ``pyinfra.operations.crontab``."""
