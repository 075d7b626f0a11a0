"""Which modules a user's code finds without bringing them along."""

from __future__ import annotations

from functools import cache
from importlib import metadata


@cache
def installed() -> frozenset[str]:
    """Give the top-level modules of all installed packages, without the standard library's. Reads the disk once."""
    return frozenset(metadata.packages_distributions())
