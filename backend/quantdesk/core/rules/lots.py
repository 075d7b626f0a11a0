"""Lots and odd lots."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lot:
    """Shares an order to buy must have: at least `minimum`, and beyond it a multiple of `step` more."""

    minimum: int
    step: int

    def round_down(self, quantity: int) -> int:
        """Give the largest permitted quantity not above this one; 0 when it is below the minimum."""
        if quantity < self.minimum:
            return 0
        return quantity - (quantity - self.minimum) % self.step

    def sellable(self, quantity: int, held: int) -> bool:
        """Say whether `quantity` of `held` shares may be sold in one order.

        What is left over by lots (of 150 shares 50, of 150 STAR shares all) is sold at once, alone or together
        with whole lots; it is never split.
        """
        if not 0 < quantity <= held:
            return False
        if quantity == held or self.round_down(quantity) == quantity:
            return True
        rest = held % self.step
        return 0 < rest <= quantity and (quantity - rest) % self.step == 0
