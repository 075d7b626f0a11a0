"""The quality of the stored bars: checks, scores, coverage, quarantine and repair."""
