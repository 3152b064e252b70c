"""From plans to commands on hosts: strategies, batches, retries, callbacks, failures."""
