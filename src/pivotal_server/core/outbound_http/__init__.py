"""The only way out: HTTP requests to addresses that other people chose.

It owns the rule of which URLs and addresses may be reached, and holds it at the one place where sockets are made. It
also bounds what the other side may cost: time, bytes of body and headers, no redirects, no cookies, no proxies.

Why it is built this way: docs/developers/decisions/0008-outbound-http.md.
"""

from pivotal_server.core.outbound_http.client import OutboundHttp, OutboundResponse
from pivotal_server.core.outbound_http.errors import ErrorKind, OutboundError
from pivotal_server.core.outbound_http.urls import check_url

__all__ = ["ErrorKind", "OutboundError", "OutboundHttp", "OutboundResponse", "check_url"]
