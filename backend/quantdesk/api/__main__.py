"""`python -m quantdesk.api`: serve the API, as `quantdesk up` starts it."""

from __future__ import annotations

import uvicorn

from quantdesk.api.app import create_app
from quantdesk.kit.logging import configure_logging
from quantdesk.kit.process import await_go
from quantdesk.kit.production import insist
from quantdesk.settings import load_settings


def main() -> None:
    await_go()
    settings = load_settings()
    insist(settings)
    configure_logging(settings.log, "api")
    uvicorn.run(
        create_app(settings),
        host=settings.api.host,
        port=settings.api.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # RequestMiddleware does it, for trusted proxies only
        timeout_graceful_shutdown=2,
        ws_max_size=64 * 1024,
    )


if __name__ == "__main__":
    main()
