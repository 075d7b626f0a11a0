"""Figures of a run: returns, risk, benchmark-relative figures, round trips. Pure numpy, formulas in the docstrings."""
