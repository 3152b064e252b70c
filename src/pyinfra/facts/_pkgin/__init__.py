"""Facts about pkgin that only its operations need."""
