"""Operations on keys of OpenPGP."""
