"""Facts about xbps that only its operations need."""
