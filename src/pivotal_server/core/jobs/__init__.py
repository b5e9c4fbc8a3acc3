"""Background jobs: work that a transaction leaves for the workers, and work that comes round again.

A slice declares a ``Job`` in its ``jobs.py``, and enqueues it on the connection of the change that calls for it: the
job exists exactly when the change does. A worker starts it within milliseconds of the commit.

A job runs at least once. It runs again where its worker was killed or lost the database before it could say that it is
done, so a handler must be able to run twice. It holds no transaction open while it talks to anybody over the network.
"""

from pivotal_server.core.jobs.job import GiveUpError, Job, JobContext, Schedule, enqueue

__all__ = ["GiveUpError", "Job", "JobContext", "Schedule", "enqueue"]
