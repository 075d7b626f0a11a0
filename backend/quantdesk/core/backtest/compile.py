"""Compile the simulator ahead: `python -m quantdesk.core.backtest.compile`, run when QuantDesk is installed.

Numba keeps what it compiled beside the sources, so the first backtest finds it there.
"""

from __future__ import annotations

from quantdesk.core.backtest import engines


def compile_all() -> None:
    """Compile all kernels of all engines, or load them where they are compiled already."""
    engines.warm()


if __name__ == "__main__":
    compile_all()
