"""Routes of the installation itself. /health and /ready are open to all."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from quantdesk.features.system import schemas, service
from quantdesk.features.system.metrics import CONTENT_TYPE, Metrics
from quantdesk.kit.http import COMMON_PROBLEMS, ContextDep, ReadUnit, require
from quantdesk.kit.principal import Principal

probes = APIRouter(tags=["system"])
router = APIRouter(prefix="/system", tags=["system"], responses=COMMON_PROBLEMS)


@probes.get("/health")
async def health() -> schemas.Health:
    """The process answers."""
    return schemas.Health()


@probes.get("/ready", responses={503: {"model": schemas.Readiness, "description": "Something needed does not answer"}})
async def ready(context: ContextDep, response: Response) -> schemas.Readiness:
    """Database, migrations and Redis answer."""
    found = await service.readiness(context)
    response.status_code = 200 if found.ready else 503
    return found


@probes.get(
    "/metrics",
    response_class=Response,
    responses={**COMMON_PROBLEMS, 200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(
    principal: Annotated[Principal, Depends(require("viewer", "system:read"))],
    request: Request,
    uow: ReadUnit,
    context: ContextDep,
) -> Response:
    """Prometheus metrics; scrape with an API key of scope system:read as the bearer token."""
    measured: Metrics = request.app.state.metrics
    return Response(measured.render(await service.gauges(uow, context)), media_type=CONTENT_TYPE)


@router.get("/info")
async def info(
    principal: Annotated[Principal, Depends(require("viewer", "system:read"))],
    context: ContextDep,
) -> schemas.SystemInfo:
    return await service.info(context)


@router.get("/doctor")
async def doctor(
    principal: Annotated[Principal, Depends(require("admin", "system:read"))], context: ContextDep
) -> schemas.Doctor:
    """What is configured, reachable, missing."""
    return await service.doctor(context)
