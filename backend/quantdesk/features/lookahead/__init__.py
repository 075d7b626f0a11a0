"""The check of a strategy's version for look-ahead: after each save, and on demand."""
