"""The queues of the desk beside its rows: what the broker holds, and what it should."""
