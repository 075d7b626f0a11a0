"""Figures computed from bars."""
