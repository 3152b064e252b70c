"""Facts about repositories, each of one process."""
