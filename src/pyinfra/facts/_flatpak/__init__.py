"""Facts about flatpak that only its operations need."""
