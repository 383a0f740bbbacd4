"""Whether an address leads to this machine and nowhere else: made-up orders must not reach a real desk by mistake."""

import ipaddress
import socket


def is_loopback(host: str) -> bool:
    """True if every address of `host` is a loopback address (RFC 1122, 3.2.1.3; RFC 4291, 2.5.3)."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
        return bool(found) and all(ipaddress.ip_address(address).is_loopback for address in found)
    except (OSError, ValueError):  # No such host; a name that can't be one (UnicodeError too).
        return False
