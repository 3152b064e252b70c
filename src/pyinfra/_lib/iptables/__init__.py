"""Rules of iptables: their text, and a form in which two that mean the same are the same."""
