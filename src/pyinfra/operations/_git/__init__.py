"""Operations on git repositories and settings."""
