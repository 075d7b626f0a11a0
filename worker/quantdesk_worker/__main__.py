"""`python -m quantdesk_worker worker|beat|kernels`, as `quantdesk up` starts them."""

from __future__ import annotations

import sys

from quantdesk.bootstrap import make_queue_app
from quantdesk.kit.logging import configure_logging
from quantdesk.kit.process import await_go
from quantdesk.kit.production import insist
from quantdesk.settings import Settings, load_settings


def _worker(settings: Settings) -> None:
    from quantdesk_worker.app import add_tasks, run_worker
    from quantdesk_worker.handlers import find_handler
    from quantdesk_worker.loop import WorkerLoop

    await_go()
    app = make_queue_app(settings)
    loop = WorkerLoop(settings, find_handler)
    add_tasks(app, loop)
    run_worker(app, settings, loop)


def _beat(settings: Settings) -> None:
    from celery.beat import Scheduler

    from quantdesk_worker.schedule import schedule

    app = make_queue_app(settings)
    schedule(app, settings)
    app.Beat(scheduler_cls=Scheduler, max_interval=settings.jobs.sweep_seconds, quiet=True).run()


def _kernels(settings: Settings) -> None:
    from quantdesk_worker.kernels import run_host

    await_go()
    run_host(settings)


def main() -> None:
    roles = {"worker": _worker, "beat": _beat, "kernels": _kernels}
    if len(sys.argv) != 2 or sys.argv[1] not in roles:
        sys.exit("usage: python -m quantdesk_worker worker|beat|kernels")
    settings = load_settings()
    insist(settings)
    configure_logging(settings.log, sys.argv[1])
    roles[sys.argv[1]](settings)


if __name__ == "__main__":
    main()
