"""Operations on SELinux."""
