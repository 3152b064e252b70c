"""Facts about packages of Python that only the operations of pip, pipx and uv need."""
