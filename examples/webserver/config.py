"""Everything needs root."""

from pyinfra import config

config.SUDO = True
config.REQUIRE_PYINFRA_VERSION = ">=3.10,<4"
