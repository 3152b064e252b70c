"""From connectors to sessions, and their opening and closing."""
