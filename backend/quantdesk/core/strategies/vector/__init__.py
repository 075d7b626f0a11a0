"""Vectorised strategies: decisions for all days and symbols at once, as arrays."""
