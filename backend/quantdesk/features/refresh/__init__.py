"""Refreshes of the stored bars: planned, run as a job symbol by symbol, by hand and by a schedule."""
