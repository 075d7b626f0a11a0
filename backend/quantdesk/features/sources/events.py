"""Events of the sources, on the topic `system.sources`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from quantdesk.features.sources.schemas import SourceEvent

TOPIC = "system.sources"


class SourceAlert(BaseModel):
    """A source failed in a new way, another stepped in, or it is back (`recovered_at`)."""

    type: Literal["source.alert"] = "source.alert"
    event: SourceEvent
