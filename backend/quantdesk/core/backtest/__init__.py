"""Backtests: what is asked (spec), what comes back (result), and the engines between."""
