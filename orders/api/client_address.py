"""Where a request came from, as far as nobody can choose it."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# Some proxies write the client's port, too: 192.0.2.7:49152, [2001:db8::7]:49152.
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([^:]*):\d+", re.ASCII)
NETWORK = 64  # bits: what a provider gives to one IPv6 customer, who may use any address in it (RFC 6177)


def client_address(request: HttpRequest) -> str | None:
    """The client's IPv4 address or IPv6 network; None where it came by a socket in the file system.

    Behind the proxy it is the last of X-Forwarded-For, which the proxy wrote: those before it may be lies.
    """
    connected = _parsed(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        return _counted(_parsed(request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2]) or connected)
    return _counted(connected)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    text = text.strip()
    if found := _WITH_PORT.fullmatch(text):
        text = found[1] or found[2] or ""
    try:
        return ip_address(text)
    except ValueError:
        return None


def _counted(address: IPv4Address | IPv6Address | None) -> str | None:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((int(address), NETWORK), strict=False).network_address)
    return str(address) if address else None
