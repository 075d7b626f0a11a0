"""The app factory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from quantdesk import __version__
from quantdesk.api.errors import use_problems
from quantdesk.api.kernel_socket import router as kernel_socket
from quantdesk.api.metrics import MetricsMiddleware
from quantdesk.api.middleware import RequestMiddleware
from quantdesk.api.openapi import operation_id, use_openapi
from quantdesk.api.security import Gate
from quantdesk.api.static import Pages, frontend_folder
from quantdesk.api.ws import router as ws
from quantdesk.api.ws import running_hub
from quantdesk.bootstrap import build_context
from quantdesk.features.auth.router import router as auth
from quantdesk.features.backtests.router import router as backtests
from quantdesk.features.data.router import router as data
from quantdesk.features.datasets.router import router as datasets
from quantdesk.features.exports.router import router as exports
from quantdesk.features.factors.router import router as factors
from quantdesk.features.jobs.router import router as jobs
from quantdesk.features.lookahead.router import router as lookahead
from quantdesk.features.lookahead.service import check_saved
from quantdesk.features.market.fundamentals.router import router as fundamentals
from quantdesk.features.market.futures.router import router as futures
from quantdesk.features.market.router import router as market
from quantdesk.features.notebooks.language.router import router as language
from quantdesk.features.notebooks.router import router as kernels
from quantdesk.features.optimisations.router import router as optimisations
from quantdesk.features.quality.router import router as quality
from quantdesk.features.refresh.router import router as refresh
from quantdesk.features.sources.router import router as sources
from quantdesk.features.strategies.router import router as strategies
from quantdesk.features.strategies.service import after_save
from quantdesk.features.system.metrics import Metrics
from quantdesk.features.system.router import probes
from quantdesk.features.system.router import router as system
from quantdesk.features.trials.router import router as trials
from quantdesk.features.watchlists.router import router as watchlists
from quantdesk.kit.context import Context
from quantdesk.settings import Settings

PREFIX = "/api/v1"


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    given = hasattr(app.state, "context")
    if not given:
        app.state.context = build_context(app.state.settings)
    try:
        async with running_hub(app):
            yield
    finally:
        if not given:  # whoever gave it closes it
            await app.state.context.close()


def create_app(settings: Settings, context: Context | None = None, pages: Path | None = None) -> FastAPI:
    """Build the app.

    Without a context the adapters are built when the app starts and closed when it stops. `pages` is the folder of
    the built frontend.
    """
    app = FastAPI(
        title="QuantDesk",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        generate_unique_id_function=operation_id,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.metrics = Metrics()
    if context is not None:
        app.state.context = context
    if check_saved not in after_save:  # an app may be made more than once a process
        after_save.append(check_saved)
    app.include_router(probes)
    for router in (
        auth,
        market,
        futures,
        fundamentals,
        watchlists,
        data,
        datasets,
        exports,
        quality,
        factors,
        sources,
        refresh,
        strategies,
        lookahead,
        backtests,
        optimisations,
        trials,
        jobs,
        system,
        ws,
        kernels,
        language,
        kernel_socket,
    ):
        app.include_router(router, prefix=PREFIX)
    use_openapi(app)
    use_problems(app)
    app.router.default = Pages(pages or frontend_folder(), not_found=app.router.not_found)
    # The last one added is the outermost.
    app.add_middleware(Gate)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=4)
    app.add_middleware(MetricsMiddleware, metrics=app.state.metrics)
    app.add_middleware(RequestMiddleware, settings=settings.api)
    return app
