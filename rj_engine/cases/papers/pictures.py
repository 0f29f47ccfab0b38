"""Photographs and scans: painted anew, so that no place, no camera and no hidden tail comes along."""

from __future__ import annotations

import io
import warnings
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from rj_engine.cases.papers.paper import Paper, PaperRefused

MOST_PIXELS: Final = 60_000_000
"""A telephone's largest photograph; more is a bomb."""
MEDIA: Final = {"JPEG": ("jpg", "image/jpeg"), "PNG": ("png", "image/png"), "WEBP": ("webp", "image/webp")}
TOO_LARGE: Final = "This picture is too large to open. Make it smaller than 60 million pixels and add it again."
BROKEN: Final = "This picture cannot be opened. Take it again, or save it as a JPEG or PNG file and add that."


def repainted(body: bytes, form: str) -> Paper:
    """The picture alone, upright; of several the first."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(body), formats=[form]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise PaperRefused(TOO_LARGE)
                return _painted(picture, form)
    except Image.DecompressionBombWarning as error:
        raise PaperRefused(TOO_LARGE) from error
    except (Image.DecompressionBombError, UnidentifiedImageError, Warning) as error:
        raise PaperRefused(BROKEN) from error
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError) as error:  # what Pillow says of torn files
        raise PaperRefused(BROKEN) from error


def _painted(picture: Image.Image, form: str) -> Paper:
    kind, media = MEDIA[form]
    upright = ImageOps.exif_transpose(picture)
    plain = upright.convert("RGB" if form == "JPEG" or "A" not in upright.getbands() else "RGBA")
    fresh = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    out = io.BytesIO()
    quality = {"JPEG": {"quality": 92}, "WEBP": {"quality": 92}}.get(form, {})
    fresh.save(out, form, **quality)
    return Paper(kind, media, out.getvalue())
