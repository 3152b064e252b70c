"""``python -m pyinfra``: the command line."""

from pyinfra_cli.main import main

if __name__ == "__main__":
    main()
