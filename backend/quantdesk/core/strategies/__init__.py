"""Strategies as source text: their parameters, and the templates a user starts from. Nothing here runs them."""
