"""Exports of stored bars: CSV, Excel, Parquet, and the folder that qlib reads."""
