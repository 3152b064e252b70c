"""One run: its steps, its questions, and how it ends."""
