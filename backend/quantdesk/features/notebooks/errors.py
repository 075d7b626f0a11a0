"""What can go wrong with kernels."""

from __future__ import annotations

from quantdesk.kit.errors import Unavailable


class KernelsAway(Unavailable):
    """The process that hosts the kernels does not answer."""

    code = "kernels_away"

    def __init__(self) -> None:
        super().__init__("the host of the notebooks' kernels does not run; it is started with `quantdesk up`")
