"""How tables of iptables are read."""
