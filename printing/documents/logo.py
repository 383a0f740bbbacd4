"""The shop's logo on slips and pick lists: `SHOP_LOGO`, a PNG or JPEG, as a picture for the page (a data URI)."""

import base64
import io
import logging
import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageOps

from printing.documents.paper import MM, Sheet

FORMATS = ("PNG", "JPEG")
MOST_BYTES = 2_000_000
MOST_PIXELS = 16_000_000
WIDTH, HEIGHT = 50, 14  # millimetres at most; on small paper two thirds of it (`scale`)
DOTS = 300 / 25.4  # a millimetre
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Logo:
    """A data URI, and how large it stands on the page, as CSS has it."""

    source: str
    width: str
    height: str


def check_logo(path: str) -> None:
    """Raises ValueError unless it is empty, or the path of a whole picture that is not too large."""
    if path:
        _read(Path(path))


def scale(sheet: Sheet) -> float:
    return 2 / 3 if sheet.small else 1


@lru_cache
def drawn(path: Path, scale: float) -> Logo | None:
    """The logo, the same bytes each time; None if its file has gone since the start: a slip is worth more than it."""
    try:
        picture = _read(path)
    except ValueError as error:
        log.warning("slips have no logo: %s", error)
        return None
    # As large as the place for it, whatever its resolution.
    points = MM * scale * min(WIDTH / picture.width, HEIGHT / picture.height)
    width, height = picture.width * points, picture.height * points
    picture.thumbnail((int(WIDTH * scale * DOTS), int(HEIGHT * scale * DOTS)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    # The renderer takes a JPEG into the PDF as it is. A PNG it would pack anew, for each slip: twice the time.
    picture.save(out, "JPEG", quality=95, subsampling=0)
    source = "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()
    return Logo(source, f"{width:.1f}pt", f"{height:.1f}pt")


def _read(path: Path) -> Image.Image:
    """In grey or RGB, upright, on white. Raises ValueError if it can't be used, and says why."""
    try:
        content = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b""
        if not content:
            raise ValueError(f"{path} is empty, or has more than {MOST_BYTES // 1_000_000} MB.")
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            return _on_white(ImageOps.exif_transpose(picture))
    except OSError as error:
        reason = error.strerror or "it is no whole PNG or JPEG"
        raise ValueError(f"{path} can't be read: {reason}.") from None
    except Image.DecompressionBombError:
        raise ValueError(f"{path} has more than {MOST_PIXELS // 1_000_000} million pixels.") from None
    except SyntaxError:  # So Pillow says that a chunk of a PNG is broken.
        raise ValueError(f"{path} can't be read: it is no whole PNG or JPEG.") from None


def _on_white(picture: Image.Image) -> Image.Image:
    """Paper has no transparency. Of 16 bits a pixel Pillow would make white of all but the darkest grey."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    if picture.mode in ("1", "L") and "transparency" not in picture.info:
        return picture.convert("L")
    seen = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB")
