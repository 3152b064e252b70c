"""What a host knows of others that it reaches by ssh."""
