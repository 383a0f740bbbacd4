"""What a key, a token or an id that was copied from a receiver's page looks like. Pure."""

QUOTES = "\"'`“”„‘’«»"


def copied(value: str) -> None:
    """Raises ValueError if more was copied than the key: quotation marks, spaces, a line's end, an invisible character.

    Some receivers tell nobody that a key is wrong: they drop what comes with it.
    """
    if any(char in QUOTES or char.isspace() or not char.isprintable() for char in value):
        raise ValueError("leave out quotation marks, spaces and invisible characters: the key alone.")
