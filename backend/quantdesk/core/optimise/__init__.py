"""Search over a strategy's parameters, and how much to believe of what it finds."""
