"""What is set for SELinux on a host."""
