"""Routes of the sources of market data."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends

from quantdesk.features.sources import schemas, service
from quantdesk.kit.http import COMMON_PROBLEMS, ContextDep, require
from quantdesk.kit.principal import Principal

router = APIRouter(prefix="/sources", tags=["data"], responses=COMMON_PROBLEMS)
Reader = Annotated[Principal, Depends(require("viewer", "market:read"))]


@router.get("")
async def list_sources(principal: Reader, context: ContextDep) -> list[schemas.SourceHealth]:
    """How the sources that are set up have been, in the order in which they are asked; nobody is asked for this."""
    return await asyncio.to_thread(service.health, context)
