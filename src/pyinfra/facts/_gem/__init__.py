"""Facts about gem that only its operations need."""
