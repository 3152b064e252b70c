"""Hooks by which a program that prints gives text its style and its way out."""

from pyinfra._engine.controller.styling import echo, format_text, is_output_active, set_echo, set_formatter

__all__ = ["echo", "format_text", "is_output_active", "set_echo", "set_formatter"]
