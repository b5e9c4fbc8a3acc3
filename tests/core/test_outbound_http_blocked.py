"""What must never be dialled: private places, however they are written, embedded, resolved or redirected to."""

import random
import re
import socket
from collections.abc import AsyncIterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

import pytest
import pytest_asyncio

from pivotal_server.core.outbound_http import OutboundError, OutboundHttp, check_url
from pivotal_server.core.outbound_http.addresses import AddressRule, is_public
from pivotal_server.core.outbound_http.dialling import socket_maker
from tests.core.outbound import (
    HttpServer,
    NameServer,
    answering,
    dials,
    failure_of,
    http_server,
    name_server,
    settings_for,
)

_SECTION = re.compile(r"^\[([^\]\n]+)\]\n((?:(?!#).+\n)+)", re.MULTILINE)
HOSTS = {
    title: hosts.split()
    for title, hosts in _SECTION.findall(Path(__file__).with_name("outbound_vectors.txt").read_text(encoding="utf-8"))
}
PRIVATE_V4, PRIVATE_V6, PUBLIC, SPELLINGS = HOSTS.values()
TRICKS = [
    "{s}://good.example@127.0.0.1:{p}/",
    "{s}://good.example:443@127.0.0.1:{p}/",
    "{s}://user:password@127.0.0.1:{p}/",
    "{s}://@127.0.0.1:{p}/",
    "{s}://127.0.0.1:{p}@good.example/",
    "{s}://good.example%40127.0.0.1:{p}/",
    "{s}://good.example@good.example@127.0.0.1:{p}/",
    "{s}://good.example\\@127.0.0.1:{p}/",
    "{s}://127.0.0.1:{p}\\@good.example/",
    "{s}:\\\\127.0.0.1:{p}/",
    "{s}:/\\127.0.0.1:{p}/",
    "{s}://127.0.0.1:{p}#@good.example/",
    "{s}://good.example#@127.0.0.1:{p}/",
    "{s}://127.0.0.1:{p}?@good.example/",
    "{s}://127.0.0.1:{p}/../good.example/",
    "{s}://127.0.0.1:{p};good.example/",
    "{s}://127.0.0.1,good.example:{p}/",
    "{s}://127.0.0.1:{p}:443/",
    "{s}://127.0.0.1:{p} /",
    " {s}://127.0.0.1:{p}/",
    "{s}://127.0.0.1:{p}/\n",
    "{s}://127.0.\t0.1:{p}/",
    "{s}://127.0.\r\n0.1:{p}/",
    "{s}://good.example\r\nHost: 127.0.0.1/",
    "{s}://127.0.0.1\0.good.example/",
    "{s}://127.0.0.1:{p}\0/",
    "{s}://\u00ad127.0.0.1:{p}/",
    "{s}://127.0.0.1\u200b:{p}/",
    "{s}:///127.0.0.1:{p}/",
    "{s}:127.0.0.1:{p}/",
    "{s}:/127.0.0.1:{p}/",
    "//127.0.0.1:{p}/",
    "127.0.0.1:{p}/",
    "{s}//127.0.0.1:{p}/",
    "u{s}://127.0.0.1:{p}/",
    "{s}+unix://127.0.0.1:{p}/",
    "{s}://",
    "{s}:///",
    "{s}://:{p}/",
    "{s}://good.example:/",
    "{s}://good.example:0/",
    "{s}://good.example:65536/",
    "{s}://good.example:99999/",
    "{s}://good.example:-1/",
    "{s}://good.example:+443/",
    "{s}://good.example:٤٤٣/",
    "{s}://good.example:443a/",
    "{s}://-good.example/",
    "{s}://good-.example/",
    "{s}://good..example/",
    "{s}://.good.example/",
    "{s}://good.example./",
    "{s}://*.good.example/",
    "{s}://" + "a" * 64 + ".example/",
    "{s}://" + "a." * 130 + "example/",
    "{s}://good.example/" + "a" * 2048,
    "gopher://127.0.0.1:{p}/_POST",
    "file://127.0.0.1/etc/passwd",
    "file:///etc/passwd",
    "ftp://127.0.0.1:{p}/",
    "ws://127.0.0.1:{p}/",
    "dict://127.0.0.1:{p}/",
    "javascript://127.0.0.1:{p}/",
    "data:text/plain,hello",
    "",
]
VECTORS = sorted(
    {f"{{s}}://{address}:{{p}}/" for address in PRIVATE_V4}
    | {f"{{s}}://[{address}]:{{p}}/" for address in PRIVATE_V6}
    | {f"{{s}}://{spelling}:{{p}}/" for spelling in SPELLINGS}
    | set(TRICKS)
)


@pytest_asyncio.fixture(scope="module")
async def trap() -> AsyncIterator[HttpServer]:
    """A server on every address of this machine; whoever dials one of the vectors in any reading arrives here."""
    async with http_server(host="0.0.0.0") as server:  # noqa: S104 - on purpose
        if socket.has_ipv6:
            async with http_server(host="::1", port=server.port) as second:
                yield server
                assert second.connections == 0
        else:
            yield server
        assert server.connections == 0


@pytest_asyncio.fixture(scope="module")
async def names() -> AsyncIterator[NameServer]:
    async with name_server() as server:
        yield server


@pytest_asyncio.fixture(scope="module")
async def client(names: NameServer) -> AsyncIterator[OutboundHttp]:
    """A client as in production, but for its name server."""
    async with OutboundHttp(settings_for(dns=names.address)) as opened:
        yield opened


def test_there_are_vectors_of_every_sort() -> None:
    assert list(HOSTS) == ["private IPv4", "private IPv6", "public", "spellings"]
    assert min(map(len, [*HOSTS.values(), TRICKS])) >= 20
    assert len(VECTORS) >= 200


@pytest.mark.parametrize("vector", VECTORS)
async def test_a_vector_is_refused_and_not_dialled(vector: str, client: OutboundHttp, trap: HttpServer) -> None:
    for scheme in ("https", "HTTPS", "http"):
        url = vector.replace("{s}", scheme).replace("{p}", str(trap.port))
        with dials() as dialled:
            error = await failure_of(client, url)
        assert (error.kind, dialled, trap.connections) == ("blocked", [], 0), url
        with pytest.raises(OutboundError, match=r"^.+\.$") as at_creation:
            client.check_url(url)
        assert at_creation.value.kind == "blocked"


@pytest.mark.parametrize("host", ["good.example", "8.8.8.8", "[2606:4700:4700::1111]"])
async def test_plain_http_to_the_internet_is_refused_and_not_dialled(host: str, client: OutboundHttp) -> None:
    with dials() as dialled:
        error = await failure_of(client, f"http://{host}/")
    assert (error.kind, dialled) == ("blocked", [])
    assert "must be https" in error.message


@pytest.mark.parametrize("address", PRIVATE_V4 + PRIVATE_V6)
async def test_a_name_for_a_private_address_is_refused_and_not_dialled(
    address: str, names: NameServer, client: OutboundHttp, trap: HttpServer
) -> None:
    name = f"x{ip_address(address).packed.hex()}.example"
    names.names[name] = [[address]]
    with dials() as dialled:
        error = await failure_of(client, f"https://{name}:{trap.port}/")
    assert (error.kind, dialled, trap.connections) == ("blocked", [], 0)
    assert error.message == f"{name} has no public address."  # which ones it has is nobody's business


async def test_only_the_permitted_addresses_of_a_name_are_dialled(names: NameServer) -> None:
    names.names["both.example"] = [["10.0.0.1", "127.0.0.2", "::1", "127.0.0.1", "169.254.169.254"]]
    async with (
        http_server(host="127.0.0.2") as neighbour,
        http_server(port=neighbour.port) as server,
        OutboundHttp(settings_for("127.0.0.1/32", dns=names.address)) as client,
    ):
        with dials() as dialled:
            answer = await client.post(f"http://both.example:{server.port}/", headers={}, body=b"")
    assert answer.status == 200
    assert set(dialled) == {"127.0.0.1"}
    assert neighbour.connections == 0


async def test_plain_http_to_a_name_needs_an_allowed_address(names: NameServer) -> None:
    names.names["public.example"] = [["8.8.8.8"]]
    async with OutboundHttp(settings_for("127.0.0.1/32", dns=names.address)) as client:
        client.check_url("http://public.example/")  # a name of development, for all that one can tell
        with dials() as dialled:
            error = await failure_of(client, "http://public.example/")
    assert (error.kind, dialled) == ("blocked", [])


async def test_a_connection_goes_to_the_very_answer_that_was_checked(names: NameServer) -> None:
    names.names["rebind.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    async with (
        http_server(host="127.0.0.2") as inside,
        http_server(port=inside.port) as outside,
        OutboundHttp(settings_for("127.0.0.1/32", dns=names.address)) as client,
    ):
        with dials() as dialled:
            answer = await client.post(f"http://rebind.example:{inside.port}/", headers={}, body=b"")
        assert answer.status == 200
        assert names.asked.count("rebind.example") == 1  # nobody asks again between check and connect
        assert dialled == ["127.0.0.1"]
        # From now on the name means the address inside; open connections and remembered answers still do not.
        outside.requests[0].close()
        with dials() as dialled:
            again = await client.post(f"http://rebind.example:{inside.port}/", headers={}, body=b"")
    assert (again.status, dialled, names.asked.count("rebind.example")) == (200, ["127.0.0.1"], 1)
    assert inside.connections == 0


async def test_a_name_that_moved_inside_is_refused_at_the_next_look_up(names: NameServer) -> None:
    names.names["moved.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    once = answering(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    async with (
        http_server(host="127.0.0.2") as inside,
        http_server(once, port=inside.port) as outside,
        OutboundHttp(settings_for("127.0.0.1/32", dns=names.address), name_seconds=0) as client,
    ):
        url = f"http://moved.example:{inside.port}/"
        assert (await client.post(url, headers={}, body=b"")).status == 200
        with dials() as dialled:
            error = await failure_of(client, url)
    assert (error.kind, dialled) == ("blocked", [])
    assert (outside.connections, inside.connections) == (1, 0)


@pytest.mark.parametrize(
    "address", [*PRIVATE_V4, *PRIVATE_V6, "fe80::1%lo", "8.8.8.8%1", "localhost", "good.example", ""]
)
def test_no_socket_is_made_for_a_refused_address_whoever_asks(address: str) -> None:
    make = socket_maker(AddressRule((), public=True))
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with pytest.raises(OutboundError):
        make((family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, 443)))


@pytest.mark.parametrize("address", PUBLIC)
def test_the_internet_may_be_dialled_with_tls_and_not_without(address: str) -> None:
    assert is_public(ip_address(address))
    assert AddressRule((), public=True).permits(address)
    assert not AddressRule((), public=False).permits(address)
    check_url(f"https://[{address}]/" if ":" in address else f"https://{address}/", ())


def test_an_allowed_network_does_not_allow_what_it_is_embedded_in() -> None:
    rule = AddressRule((ip_network("127.0.0.0/8"),), public=True)
    assert rule.permits("127.0.0.1")
    for address in ("::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::", "::1", "10.0.0.1"):
        assert not rule.permits(address), address


@pytest.mark.parametrize(
    ("url", "host", "authority", "resource"),
    [
        ("https://good.example", "good.example", "good.example", "/"),
        ("HTTPS://Good.Example:443?a=/?@b", "good.example", "good.example", "/?a=/?@b"),
        ("https://a_b.c-d.example:25/%2F/;x=y@z", "a_b.c-d.example", "a_b.c-d.example:25", "/%2F/;x=y@z"),
        ("https://xn--bcher-kva.example:80/", "xn--bcher-kva.example", "xn--bcher-kva.example:80", "/"),
        ("https://[2606:4700:4700:0::1111]:8443/", "2606:4700:4700::1111", "[2606:4700:4700::1111]:8443", "/"),
        ("https://8.8.8.8:65535/", "8.8.8.8", "8.8.8.8:65535", "/"),
        ("https://10.0.0.1.example/", "10.0.0.1.example", "10.0.0.1.example", "/"),
    ],
)
def test_an_honest_url_is_read_as_it_is(url: str, host: str, authority: str, resource: str) -> None:
    target = check_url(url, ())
    assert (target.scheme, target.host, target.authority, target.resource) == ("https", host, authority, resource)


def test_nothing_is_public_that_python_knows_to_be_special() -> None:
    chance = random.Random(3)
    addresses: list[IPv4Address | IPv6Address] = [IPv4Address(chance.getrandbits(32)) for _ in range(5_000)]
    addresses += [IPv6Address(chance.getrandbits(13) << 115 | chance.getrandbits(115)) for _ in range(5_000)]
    addresses += [IPv6Address(0x2001 << 112 | chance.getrandbits(112)) for _ in range(2_000)]
    public = [address for address in addresses if is_public(address)]
    assert len(public) > 3_000
    for address in public:
        assert address.is_global, address
        assert not address.is_multicast, address
        assert not address.is_reserved, address
