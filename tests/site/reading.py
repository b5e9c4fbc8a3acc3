"""What tests of the documentation share."""

import gzip

from pivotal_server.site.answers import Answer


def html_of(answer: Answer) -> str:
    """Return the text of an answer that is packed."""
    assert answer.status == 200
    return gzip.decompress(answer.body).decode()
