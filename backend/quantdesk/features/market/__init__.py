"""Instruments, bars and indicators as pages and scripts read them."""
