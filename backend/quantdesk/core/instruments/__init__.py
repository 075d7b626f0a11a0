"""Instruments: their symbols and boards, and how to find them."""
