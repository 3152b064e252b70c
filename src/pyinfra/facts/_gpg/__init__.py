"""Keys of OpenPGP."""
