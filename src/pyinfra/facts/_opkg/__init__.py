"""Facts about opkg that only its operations need."""
