"""A text that a spreadsheet program would take for a formula gets a ' before it, and loses it when it comes back.

https://owasp.org/www-community/attacks/CSV_Injection. One that begins with ' and such a sign
already gets one more: what comes back is what went out, whatever it was.
"""

import re

LIKE_A_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")  # The full-width ones are formulas to some programs as well.


def escaped(text: str) -> str:
    return f"'{text}" if LIKE_A_FORMULA.match(text) else text


def unescaped(text: str) -> str:
    return text[1:] if text.startswith("'") and LIKE_A_FORMULA.match(text) else text
