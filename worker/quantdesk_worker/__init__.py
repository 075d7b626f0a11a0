"""QuantDesk workers: Celery app, beat schedule, task context."""
