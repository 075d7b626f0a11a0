"""Trading days."""
