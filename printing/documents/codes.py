"""An order number as a scanner reads it: QR and Code128, as pictures for the page (data URIs).

If the renderer drew them, bar by bar and square by square, the two would take half the time of a slip.
"""

import base64
import io

import segno
from PIL import Image
from reportlab.graphics.barcode.code128 import Code128

QUIET = 10  # modules of white that a scanner needs on both sides of the bars
SCALE = 4  # pixels a module: edges stay sharp when the picture is fitted to a printer's dots


def qr(text: str) -> str:
    """A QR code without its quiet zone. Scanners read each of the eight masks; to look for the best one costs time."""
    return str(segno.make(text, error="m", micro=False, mask=4).png_data_uri(scale=SCALE, border=0))


def code128(text: str) -> str:
    """Bars with their quiet zones, one pixel high: the page stretches them. ValueError for other characters."""
    modules = _modules(text)
    picture = Image.frombytes("L", (len(modules), 1), bytes(modules)).resize(
        (len(modules) * SCALE, 1), Image.Resampling.NEAREST
    )
    out = io.BytesIO()
    picture.convert("1").save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def dots(text: str, most: float) -> int:
    """How wide `code128` is on a thermal printer: each module three whole dots, or two where `most` dots are less."""
    modules = len(_modules(text))
    return modules * (3 if modules * 3 <= most else 2)


def _modules(text: str) -> list[int]:
    """255 for a white one, 0 for a black one."""
    code = Code128(text)
    code.validate()
    if not code.valid:
        raise ValueError(f"{text!r} can't be drawn as Code128")
    code.encode()
    code.decompose()  # "BaAb…": a capital is a bar, a small letter a gap; A is one module wide, B two, …
    modules = [255] * QUIET
    for letter in code.decomposed:
        modules += [0 if letter.isupper() else 255] * (ord(letter.upper()) - ord("A") + 1)
    return modules + [255] * QUIET
