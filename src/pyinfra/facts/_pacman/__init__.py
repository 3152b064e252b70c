"""Facts about pacman that only its operations need."""
