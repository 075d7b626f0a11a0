"""What the routes of the sources give."""

from __future__ import annotations

from pydantic import BaseModel

from quantdesk.ports.data_source import HostHealth
from quantdesk.ports.datasets import Dataset


class SourceHealth(BaseModel):
    source: str
    datasets: list[Dataset]
    """What it can be asked for."""
    hosts: list[HostHealth]
    """None for a source on the disk."""
