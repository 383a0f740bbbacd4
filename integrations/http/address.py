"""What an address of a destination looks like. Pure."""


def web_address(url: str) -> None:
    if url and not url.startswith(("http://", "https://")):
        raise ValueError("an address must begin with https:// (or http:// inside your own network).")
