"""The address of an S3-compatible bucket, as a setting names it."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where files are kept, unless it is the data directory.

    Attributes:
        name: of the bucket.
        prefix: what the keys of all files begin with; may be empty.
        endpoint: URL of a server other than Amazon's.
        region: of the bucket, if it has one.
    """

    name: str
    prefix: str
    endpoint: str | None
    region: str | None


def read_bucket(value: object) -> object:
    """Return the bucket that ``s3://bucket/prefix?endpoint=…&region=…`` names; what is no text stays as it is.

    Raises:
        ValueError: it is not such an address. The message does not repeat it.
    """
    if not isinstance(value, str):
        return value
    parts = urlsplit(value)
    if parts.scheme != "s3" or not parts.hostname or parts.netloc != parts.hostname or parts.fragment:
        raise ValueError("this is not s3://bucket/prefix?endpoint=…&region=…; credentials go into AWS_ACCESS_KEY_ID")
    options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)) if parts.query else {}
    if unknown := options.keys() - {"endpoint", "region"}:
        raise ValueError(f"there is no option {min(unknown)}; there are endpoint and region")
    endpoint = options.get("endpoint")
    if endpoint is not None and urlsplit(endpoint).scheme not in {"http", "https"}:
        raise ValueError("the endpoint is not an http:// or https:// URL")
    return Bucket(parts.hostname, parts.path.strip("/"), endpoint, options.get("region"))
