"""Operations of dnf alone."""
