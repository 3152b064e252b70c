"""From the words of a command line to what they mean: forms, values, functions and facts, hosts."""
