"""Facts about pkg that only its operations need."""
