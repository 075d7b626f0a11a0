"""Prometheus metrics of the API process, and gauges read when Prometheus asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from quantdesk.features.jobs.schemas import JobState
from quantdesk.features.system.vitals import Worker

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


@dataclass(frozen=True, slots=True)
class QueueGauge:
    name: str
    depth: int


@dataclass(frozen=True, slots=True)
class Gauges:
    jobs: dict[str, int]
    """By state."""
    queues: list[QueueGauge]
    workers: list[Worker]
    beat_age: float | None


class Metrics:
    """One a process, kept by the app."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._requests = Counter(
            "quantdesk_http_requests", "HTTP requests", ("method", "operation", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "quantdesk_http_request_seconds",
            "Seconds from the request to the end of its answer",
            ("method", "operation"),
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=self._registry,
        )
        self.sockets = Gauge("quantdesk_websockets", "Open WebSocket connections", registry=self._registry)

    def observe(self, method: str, operation: str, status: int, seconds: float) -> None:
        """Count a request. `operation` is the route's name in the OpenAPI document, so that there are few of them."""
        self._requests.labels(method, operation, str(status)).inc()
        self._seconds.labels(method, operation).observe(seconds)

    def render(self, gauges: Gauges) -> bytes:
        """Give the text that Prometheus scrapes."""
        now = CollectorRegistry()
        jobs = Gauge("quantdesk_jobs", "Jobs by state", ("state",), registry=now)
        for state in get_args(JobState):
            jobs.labels(state).set(gauges.jobs.get(state, 0))
        depth = Gauge("quantdesk_queue_depth", "Messages waiting for a worker", ("queue",), registry=now)
        for queue in gauges.queues:
            depth.labels(queue.name).set(queue.depth)
        Gauge("quantdesk_workers", "Workers alive", registry=now).set(len(gauges.workers))
        age = Gauge("quantdesk_worker_heartbeat_age_seconds", "Since its last sign of life", ("worker",), registry=now)
        for worker in gauges.workers:
            age.labels(worker.name).set(worker.age)
        if gauges.beat_age is not None:
            Gauge("quantdesk_beat_age_seconds", "Since beat's last errand arrived", registry=now).set(gauges.beat_age)
        return generate_latest(self._registry) + generate_latest(now)
