"""Whole runs of this tool and of others, on hosts of the lab behind a wire with latency, in turns."""
