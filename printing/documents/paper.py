"""The paper that documents are drawn on. Pure."""

# As settings and rows say it, and as people read it.
PAPERS = {"a4": "A4", "a5": "A5", "letter": "Letter"}


def check_paper(size: str) -> None:
    if size not in PAPERS:
        raise ValueError(f"write one of {', '.join(PAPERS)}.")
