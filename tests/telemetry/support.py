"""Reading metrics, with the parser that Prometheus's own Python client brings."""

import httpx
from prometheus_client.parser import text_string_to_metric_families

TOKEN = "token-of-the-operators"
BEARER = {"Authorization": f"Bearer {TOKEN}"}

Label = tuple[str, str]


class Metrics:
    """The metrics in a text that has to be well formed.

    Attributes:
        names: of the metrics, as they are declared.
    """

    def __init__(self, text: str) -> None:
        families = list(text_string_to_metric_families(text))
        # The parser takes the ending of counters away.
        self.names = [family.name + ("_total" if family.type == "counter" else "") for family in families]
        samples = [sample for family in families for sample in family.samples]
        self._values = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
        assert len(self._values) == len(samples), "a sample stands there twice"
        assert len(set(self.names)) == len(self.names), "a metric stands there twice"

    def __getitem__(self, name: str) -> float:
        """The value of the one sample of that name without labels."""
        return self.value(name)

    def value(self, name: str, **labels: str) -> float:
        """The value of a sample; 0 where there is none yet."""
        return self._values.get((name, frozenset(labels.items())), 0.0)

    def total(self, name: str, **labels: str) -> float:
        """The sum of all samples of that name with these labels among theirs."""
        return sum(self.all(name, **labels).values())

    def all(self, name: str, **labels: str) -> dict[frozenset[Label], float]:
        """All samples of that name with these labels among theirs."""
        wanted = labels.items()
        return {
            found: value for (known, found), value in self._values.items() if known == name and wanted <= set(found)
        }

    def of_requests(self) -> float:
        return self.total("pivotal_http_requests_total")


async def scrape(client: httpx.AsyncClient) -> Metrics:
    """Return the metrics that a server tells; a process that has just been killed may still be reached once."""
    url = httpx.URL(client.base_url).join("/metrics")
    try:
        response = await client.get(url, headers=BEARER)
    except httpx.ReadError:
        response = await client.get(url, headers=BEARER)
    assert response.status_code == 200, response.text
    return Metrics(response.text)
