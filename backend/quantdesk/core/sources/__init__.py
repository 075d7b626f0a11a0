"""What data sources give, and how two of them are compared."""
