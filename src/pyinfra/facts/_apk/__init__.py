"""Facts about apk that only its operations need."""
