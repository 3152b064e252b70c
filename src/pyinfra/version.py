"""The version of this package."""

__version__ = "3.11.0"

__all__ = ["__version__"]
