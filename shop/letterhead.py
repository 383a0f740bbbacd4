"""What a shop may say about its paper and its mails: language, templates, logo, sender. `shop/settings.py` asks."""

LANGUAGES = ("en", "de", "fr", "es", "is")


def language(code: str) -> None:
    if code not in LANGUAGES:
        raise ValueError(f"write one of {', '.join(LANGUAGES)}.")
