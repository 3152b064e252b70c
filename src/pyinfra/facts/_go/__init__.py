"""Facts about go that only its operations need."""
