"""Operations on a system as a whole, one module each. The public names are in ``pyinfra.operations.server``."""
