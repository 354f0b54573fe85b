"""A page of a PDF as a picture, with words marked on it."""

from __future__ import annotations

import contextlib
import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pypdfium2

from corpus.errors import ReadError
from corpus.pdf_file import open_pdf
from corpus.pdf_places import PageBox

if TYPE_CHECKING:
    from PIL.Image import Image

# A page at scale 1 has the size that browsers show it in: 96 dots an inch.
SCALES = (1, 2, 3)
_DOTS_PER_POINT = 96 / 72
# However large a page calls itself, its picture has at most so many dots: 48 MB while it is drawn.
_MOST_DOTS = 12_000_000
_LONGEST_SIDE = 8000
# Black on this yellow has a contrast of 16 to 1; the line around it is for those who do not see the yellow.
_MARK = (255, 229, 92)
_OUTLINE = (122, 62, 0)


def page_picture(content: bytes, where: str, number: int, boxes: Sequence[PageBox] = (), scale: int = 2) -> bytes:
    """Page `number` (from 1) of the PDF in `content` as a PNG of 96 * `scale` dots an inch, the words in `boxes` marked.

    A very large page is drawn smaller. Raises `ReadError` where the file has no such page or it cannot be drawn.
    """
    try:
        with contextlib.closing(open_pdf(content, where)) as file:
            if not 1 <= number <= len(file):
                raise ReadError(f"the PDF has {len(file)} pages, and no page {number}", where, "Choose one of its pages")
            page = file[number - 1]
            width, height = page.get_size()
            dots = _dots_per_point(width, height, scale)
            image: Image = page.render(scale=dots, maybe_alpha=False).to_pil().convert("RGB")
    except pypdfium2.PdfiumError as error:
        raise ReadError(f"page {number} cannot be drawn", where, f"Open the file itself ({error})") from error
    for box in boxes:
        if box.page == number:
            _mark(image, box, dots)
    out = io.BytesIO()
    image.save(out, "png")
    return out.getvalue()


def page_sizes(content: bytes, where: str) -> list[tuple[float, float]]:
    """(width, height) in points of each page as a viewer shows it. Raises `ReadError` where the file cannot be opened."""
    with contextlib.closing(open_pdf(content, where)) as file:
        return [file.get_page_size(at) for at in range(len(file))]


def _dots_per_point(width: float, height: float, scale: int) -> float:
    return min(scale * _DOTS_PER_POINT, math.sqrt(_MOST_DOTS / max(width * height, 1.0)), _LONGEST_SIDE / max(width, height, 1.0))


def _mark(image: Image, box: PageBox, dots: float) -> None:
    """Tint the box, so that the words stay as dark as they are, and draw a line around it."""
    from PIL import Image, ImageChops, ImageDraw

    left, top = max(0, math.floor(box.left * dots)), max(0, math.floor(box.top * dots))
    right, bottom = min(image.width, math.ceil(box.right * dots)), min(image.height, math.ceil(box.bottom * dots))
    if right <= left or bottom <= top:
        return
    piece = image.crop((left, top, right, bottom))
    image.paste(ImageChops.multiply(piece, Image.new("RGB", piece.size, _MARK)), (left, top))
    line = max(1, round(dots * 0.6))
    ImageDraw.Draw(image).rectangle((left - line, top - line, right + line - 1, bottom + line - 1), outline=_OUTLINE, width=line)
