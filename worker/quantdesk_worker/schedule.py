"""What beat sends, and when. Beat imports no more than this, to stay small."""

from __future__ import annotations

from celery import Celery
from celery.schedules import crontab

from quantdesk.settings import Settings

ERRANDS = "errands"
SWEEP = "quantdesk.sweep_jobs"
HOUSEKEEPING = "quantdesk.keep_house"
REFRESH = "quantdesk.refresh_data"


def schedule(app: Celery, settings: Settings) -> None:
    """Tell beat what to send and when. An errand nobody took in time is dropped, as the next one is on its way."""
    every = settings.jobs.sweep_seconds
    app.conf.beat_schedule = {
        "sweep": {"task": SWEEP, "schedule": every, "options": {"queue": ERRANDS, "expires": max(every, 1.0)}},
        "refresh": {
            "task": REFRESH,
            "schedule": crontab(),  # each minute: what is due, and whether anything is, the errand finds out
            "options": {"queue": ERRANDS, "expires": 60},
        },
        "housekeeping": {
            "task": HOUSEKEEPING,
            "schedule": crontab(hour=19, minute=30),  # UTC; 03:30 in Shanghai
            "options": {"queue": ERRANDS, "expires": 12 * 3600},
        },
    }
