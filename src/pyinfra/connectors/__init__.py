"""Ways to reach hosts. Other packages add theirs with the entry point group ``pyinfra.connectors``."""
