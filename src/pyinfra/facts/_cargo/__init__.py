"""Facts about cargo that only its operations need."""
