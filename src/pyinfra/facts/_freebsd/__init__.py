"""Facts about FreeBSD that only its operations need."""
