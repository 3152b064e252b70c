"""What the operations of dnf, yum and zypper have in common."""
