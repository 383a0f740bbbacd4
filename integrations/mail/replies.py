"""What a mail server says, and how a talk with it can end before its time."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """A code of three digits (-1 if it is none) and words. `stage` is what it replied to."""

    stage: str
    code: int
    words: str = ""


class Refused(Exception):
    """The server said no."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply)
        self.reply = reply


class Lacking(Exception):
    """The server does not offer what is needed: the extension `what`."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Broken(Exception):
    """The connection did not come about, broke, or took too long: the mail is certainly not delivered."""

    def __init__(self, stage: str, cause: Exception) -> None:
        super().__init__(stage)
        self.stage = stage
        self.cause = cause


class NoAnswer(Broken):
    """The whole mail was sent, and no reply came: it may be delivered or not."""
