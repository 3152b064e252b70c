"""Operations on systemd. The public names are in ``pyinfra.operations.systemd``."""
