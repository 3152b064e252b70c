"""Whole runs of this tool and of others in turns, on hosts of the lab behind a wire; and the engine alone."""
