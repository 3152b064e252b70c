"""This machine: its files, templates, processes and terminal."""
