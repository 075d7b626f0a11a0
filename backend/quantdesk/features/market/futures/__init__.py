"""Futures: products, contracts, main series; and single days minute by minute."""
