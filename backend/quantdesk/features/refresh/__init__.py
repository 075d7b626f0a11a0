"""Refreshes of the stored data: planned, run as a job item by item, by hand and by a schedule."""
