"""Facts that have to do with dnf alone."""
