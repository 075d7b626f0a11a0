"""Compiled loops over [symbols, days]; each row is gone through between its symbol's first and last day alone.

All take float64, leave NaN outside of a symbol's days, and count a window of 0 as all days so far. An infinite value
is a missing one, as in pandas. What a day gets never depends on a later one.
"""
