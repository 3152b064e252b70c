"""Operations with apt."""
