"""How good data is, as one number from 0 to 100."""

from __future__ import annotations

from dataclasses import dataclass
from math import log10

WARNING_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Tally:
    """The bars that a score is made of; tallies of symbols add up to that of a dataset."""

    rows: int = 0
    errors: int = 0
    """Bars with at least one error."""
    warnings: int = 0
    """Bars with at least one warning and no error."""
    missing: int = 0
    """Bars that should be there."""

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.rows + other.rows,
            self.errors + other.errors,
            self.warnings + other.warnings,
            self.missing + other.missing,
        )

    @property
    def share(self) -> float:
        """The weighted share of bars at fault: (errors + missing + 0.2 x warnings) / (rows + missing), at most 1."""
        whole = self.rows + self.missing
        return min((self.errors + self.missing + WARNING_WEIGHT * self.warnings) / whole, 1.0) if whole else 0.0

    @property
    def score(self) -> float:
        """100 - 25 log10(1 + 10,000 x share): 100 for none, 92 for 1 bar in 10,000, 50 for 1 in 100, 0 for all."""
        return max(round(100 - 25 * log10(1 + 10_000 * self.share), 1), 0.0)
