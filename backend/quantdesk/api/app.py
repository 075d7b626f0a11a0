"""The app factory."""

from __future__ import annotations

from fastapi import FastAPI

from quantdesk import __version__
from quantdesk.api.openapi import operation_id, use_openapi
from quantdesk.features.auth.router import router as auth
from quantdesk.features.backtests.router import router as backtests
from quantdesk.features.data.router import router as data
from quantdesk.features.jobs.router import router as jobs
from quantdesk.features.market.router import router as market
from quantdesk.features.strategies.router import router as strategies
from quantdesk.features.system.router import probes
from quantdesk.features.system.router import router as system
from quantdesk.settings import Settings

PREFIX = "/api/v1"


def create_app(settings: Settings) -> FastAPI:
    """Build the app; adapters are built when it starts and closed when it stops."""
    app = FastAPI(
        title="QuantDesk",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        generate_unique_id_function=operation_id,
    )
    app.include_router(probes)
    for router in (auth, market, data, strategies, backtests, jobs, system):
        app.include_router(router, prefix=PREFIX)
    use_openapi(app)
    return app
