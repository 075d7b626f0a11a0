"""Compile all kernels ahead: `python -m quantdesk.core.backtest.compile`, run when QuantDesk is installed.

Numba keeps what it compiled beside the sources, so the first backtest and the first expression find it there.
"""

from __future__ import annotations

from quantdesk.core.backtest import engines
from quantdesk.core.expressions import warm


def compile_all() -> None:
    """Compile all kernels of engines and expressions, or load them where they are compiled already."""
    engines.warm()
    warm.warm()


if __name__ == "__main__":
    compile_all()
