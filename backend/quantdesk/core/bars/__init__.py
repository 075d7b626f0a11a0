"""Bars: columns, checks, adjustment, resampling, thinning."""
