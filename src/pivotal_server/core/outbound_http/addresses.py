"""Which addresses may be dialled."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, NamedTuple

Networks = tuple[IPv4Network | IPv6Network, ...]

# A list of our own: what ``ipaddress`` calls global moves with the patch release of Python, and calls multicast, the
# relays of 6to4 and what is embedded in NAT64 global.
_REFUSED_V4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # behind a carrier's NAT; Alibaba's metadata
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's metadata, in the middle of a public range
        "169.254.0.0/16",  # link-local; metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
# All that is given out for use between networks. Outside of it lie loopback, unique local, link-local and multicast
# addresses and most of the forms with an IPv4 address inside: mapped, compatible, NAT64.
_GLOBAL_V6: Final = IPv6Network("2000::/3")
_REFUSED_V6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments, among them Teredo (IPv4 inside), ORCHID and benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4 (IPv4 inside)
        "3fff::/20",  # documentation
    )
)
# The interface part of an ISATAP address, before the IPv4 address that a router would unpack.
_ISATAP: Final = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Say whether an address belongs to the public internet, and to nothing that a network treats in its own way."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _REFUSED_V4)
    return (
        address in _GLOBAL_V6
        and address.packed[8:12] not in _ISATAP
        and not any(address in network for network in _REFUSED_V6)
    )


class AddressRule(NamedTuple):
    """What may be dialled: networks that the operator named and, where ``public``, the public internet."""

    allowed: Networks
    public: bool

    def permits(self, address: str) -> bool:
        """Say whether a numeric address may be dialled; whatever is not one may not."""
        try:
            parsed = ip_address(address)
        except ValueError:  # a name: connecting to it would look it up, past this check
            return False
        if isinstance(parsed, IPv6Address) and parsed.scope_id is not None:
            return False
        return any(parsed in network for network in self.allowed) or (self.public and is_public(parsed))
