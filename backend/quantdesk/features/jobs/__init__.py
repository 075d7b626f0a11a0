"""Anything that runs in a worker: one table of states, leases, progress."""
