"""The work of an export: symbol by symbol from the store into a file, in memory that does not grow with the rows."""
