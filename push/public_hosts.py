"""Whether a host's name leads to the public internet, and not into the house that we run in."""

import asyncio
import ipaddress
import socket
import time

KNOWN_FOR_S = 300.0
MAX_HOSTS = 1000


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
    inner = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (inner or ip).is_global and not ip.is_multicast
