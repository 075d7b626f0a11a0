"""What Prometheus scrapes."""

from __future__ import annotations

import httpx

from quantdesk.features.system import vitals
from quantdesk.kit.context import Context
from tests.features.jobs.job_support import claim_job, make_owner, queue_job


async def test_requests_are_counted_by_operation_and_not_by_path(admin: httpx.AsyncClient) -> None:
    for job_id in ("a", "b", "c"):
        assert (await admin.get(f"/api/v1/jobs/{job_id}")).status_code == 404
    for path in ("/api/v1/none/1", "/api/v1/none/2"):
        await admin.get(path)
    text = (await admin.get("/metrics")).text
    assert 'quantdesk_http_requests_total{method="GET",operation="get_job",status="404"} 3.0' in text
    assert 'quantdesk_http_requests_total{method="GET",operation="none",status="404"} 2.0' in text
    assert 'quantdesk_http_request_seconds_count{method="GET",operation="get_job"} 3.0' in text


async def test_jobs_queues_and_workers_are_shown(admin: httpx.AsyncClient, context: Context) -> None:
    owner = await make_owner(context)
    jobs = [await queue_job(context, owner) for _ in range(3)]
    await claim_job(context, jobs[0].id)
    await vitals.beat_worker(context.redis, "host:1", running=1)
    text = (await admin.get("/metrics")).text
    assert 'quantdesk_jobs{state="queued"} 2.0' in text
    assert 'quantdesk_jobs{state="running"} 1.0' in text
    assert 'quantdesk_jobs{state="failed"} 0.0' in text
    assert 'quantdesk_queue_depth{queue="data"} 3.0' in text
    assert "quantdesk_workers 1.0" in text
    assert 'quantdesk_worker_heartbeat_age_seconds{worker="host:1"} 0.' in text
    assert "quantdesk_beat_age_seconds" not in text


async def test_metrics_need_a_sign_in(client: httpx.AsyncClient) -> None:
    assert (await client.get("/metrics")).status_code == 401
