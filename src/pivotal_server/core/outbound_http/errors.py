"""Why a request had no answer."""

from typing import Literal

ErrorKind = Literal["blocked", "dns", "connect", "tls", "timeout", "protocol", "reset"]


class OutboundError(Exception):
    """A request that ended without an answer; expected, to be recorded and told to whoever gave the URL.

    Args:
        kind: ``blocked`` the URL or each address behind it is refused, nothing was dialled; ``dns`` the name has no
            address; ``connect`` no connection; ``tls`` no trusted connection; ``timeout`` no complete answer in time;
            ``protocol`` an answer that is not HTTP or broke off; ``reset`` the connection was closed before an answer.
        message: a sentence for that person. It holds no address that they did not write themselves, no query string
            and nothing of the body.
        latency_ms: how long the request took to fail.
    """

    def __init__(self, kind: ErrorKind, message: str, latency_ms: int = 0) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.latency_ms = latency_ms
