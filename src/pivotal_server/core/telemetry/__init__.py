"""Metrics for the people who run Pivotal, in the text format of Prometheus (docs/hosting/monitoring.md).

``metrics`` counts in memory, ``shared`` adds up the processes of a machine, ``exposition`` writes the text.
``Telemetry`` is all of that for a process; ``listener`` answers where there is no web server.

Why it is built this way: docs/developers/decisions/0010-metrics.md.
"""

from pivotal_server.core.telemetry.http import count_request
from pivotal_server.core.telemetry.metrics import Counter, Gauge, Histogram, Reading
from pivotal_server.core.telemetry.process import Telemetry, telemetry_of

__all__ = ["Counter", "Gauge", "Histogram", "Reading", "Telemetry", "count_request", "telemetry_of"]
