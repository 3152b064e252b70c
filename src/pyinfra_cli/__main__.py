"""``python -m pyinfra_cli``: the command line."""

from .main import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
