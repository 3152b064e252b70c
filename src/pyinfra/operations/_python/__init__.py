"""What the operations of pip, pipx and uv share."""
