"""Facts about snap that only its operations need."""
