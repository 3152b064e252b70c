"""What dpkg and apt know, each in one process."""
