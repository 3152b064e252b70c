"""Operations with brew."""
