"""Facts about choco that only its operations need."""
