"""Instruments: their symbols, boards and lots, and how to find them."""
