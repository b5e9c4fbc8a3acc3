"""What is counted of HTTP requests."""

from pivotal_server.core.telemetry.metrics import Counter, Histogram

_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# Anybody may make up a method or a path; what no route has is counted together.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OTHER = "other"

REQUESTS = Counter(
    "pivotal_http_requests_total", "Requests, by route and class of status.", ("method", "route", "status")
)
REQUEST_SECONDS = Histogram(
    "pivotal_http_request_duration_seconds",
    "From a request's head to the end of its answer.",
    _BOUNDS,
    ("method", "route"),
)


def count_request(method: str, route: str | None, status: int, seconds: float) -> None:
    """Count an answered request.

    Args:
        method: as it was sent.
        route: the route's template, such as ``/api/v1/customers/{id}``; None where there is none.
        status: of the answer.
        seconds: how long it took.
    """
    method = method if method in _METHODS else _OTHER
    route = route or _OTHER
    REQUESTS.add((method, route, f"{status // 100}xx"))
    REQUEST_SECONDS.observe(seconds, (method, route))
