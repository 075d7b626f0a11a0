"""Checks of bars against calendar, rulebook, corporate actions and another source; findings, scores, coverage."""
