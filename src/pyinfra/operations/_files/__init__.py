"""Operations on files, one module each. The public names are in ``pyinfra.operations.files``."""
