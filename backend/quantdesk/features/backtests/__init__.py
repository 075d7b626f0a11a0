"""Backtests: submit, run as a job, report."""
