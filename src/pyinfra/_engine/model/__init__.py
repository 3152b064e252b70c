"""What a run is made of: hosts, inventory, configuration, state, and the handles that operations return."""
