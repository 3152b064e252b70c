"""Who is there: host keys and whom to trust, private keys, the agent, passwords."""
