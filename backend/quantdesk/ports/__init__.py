"""What the domain needs from the outside world: one Protocol a file."""
