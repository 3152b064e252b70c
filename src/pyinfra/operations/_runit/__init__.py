"""Operations on runit. The public names are in ``pyinfra.operations.runit``."""
