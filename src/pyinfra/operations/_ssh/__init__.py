"""Operations by which a host reaches others with ssh."""
