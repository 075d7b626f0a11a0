"""A user's own factors: named expressions, and what they are worth."""
