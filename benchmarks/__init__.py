"""Measurements of what is promised: `python -m benchmarks [NAME …]`, or `make bench`.

Each module holds one benchmark with `NAME` and `run() -> list[Row]`. A benchmark starts its own stack on an empty
home and measures peers, where there is a meaningful one, in the same run.
"""
