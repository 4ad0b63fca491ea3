"""Whether a host's name leads to the public internet, and not into the house that we run in."""

import asyncio
import ipaddress
import socket
import time

KNOWN_FOR_S = 300.0
MAX_HOSTS = 1000
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052


class PublicHosts:
    """Remembers its findings, the bad ones too: whoever names hosts that do not exist costs one look each."""

    def __init__(self) -> None:
        self._looks: dict[str, tuple[float, asyncio.Task[str]]] = {}

    async def obstacle(self, host: str) -> str:
        """Empty, `UNRESOLVED` or `PRIVATE_ADDRESS`.

        Between the look and the connection the name may change; what is reached then still has to show the
        certificate of the name before anything is sent.
        """
        until, look = self._looks.get(host, (0.0, None))
        if look is None or time.monotonic() >= until:
            look = asyncio.create_task(_look(host))
            if len(self._looks) >= MAX_HOSTS:
                self._looks.clear()
            self._looks[host] = (time.monotonic() + KNOWN_FOR_S, look)
        return await asyncio.shield(look)


async def _look(host: str) -> str:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return "UNRESOLVED"
    return "" if all(is_public(str(address[0])) for *_, address in found) else "PRIVATE_ADDRESS"


def is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    return _where_it_leads(ip).is_global and not ip.is_multicast


def _where_it_leads(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that a mapped, a 6to4 or a NAT64 address carries: a gateway would go there."""
    if ip.version == 4:
        return ip
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
