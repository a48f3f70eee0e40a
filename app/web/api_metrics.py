"""``GET /metrics``, in the text format of Prometheus."""

from __future__ import annotations

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from app.errors import NotFound
from app.web.access import role
from app.web.services import Guarded, Served

router = APIRouter(route_class=Guarded)


@router.get("/metrics")
@role("viewer")
async def metrics(served: Served) -> Response:
    """In the text format of Prometheus.  Errors: 404 not_found where the lab was started without ``--metrics``."""
    if served.metrics is None:
        raise NotFound("this lab counts nothing for Prometheus", hint="Start it with --metrics.")
    return Response(served.metrics.text(served.lab.running), media_type=CONTENT_TYPE_LATEST)
