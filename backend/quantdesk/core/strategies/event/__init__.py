"""Strategies driven by events: the base class that a user extends, and what it is given."""
