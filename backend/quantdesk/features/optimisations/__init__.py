"""Optimisations: many runs of one strategy, and how much to believe of the best."""
