"""Facts about npm that only its operations need."""
