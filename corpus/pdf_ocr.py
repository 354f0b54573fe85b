"""Text recognition for pages that are pictures of text: RapidOCR, from the extra `ocr`, with the models in its package.

It needs no network. It may misread a word, so a document says which of its pages were read this way.
"""

from __future__ import annotations

import importlib.util
import statistics
from typing import Any

from corpus.pdf_characters import Glyph

# Pixels per point: 144 dots an inch, enough for type of 7 points.
SCALE = 2.0
# What the recogniser itself holds for less likely than this is dirt, a ruled line or a drawing.
_LEAST_SCORE = 0.6
# Of a box' height, with the letters' feet below the line: the type size, and how far down the line itself is.
_SIZE, _BASELINE = 0.75, 0.78
# Boxes of lines in one type differ by so much in height, with or without tall letters.
_SAME_TYPE = 1.3
INSTALL = "Install the ocr extra (pip install 'myositis-assistant[ocr]') and add it again, or add a copy run through OCR"


def is_installed() -> bool:
    """Whether the extra `ocr` is there."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


class TextRecognition:
    """The recogniser with its models loaded: some 0.6 GB of memory and, on two cores, six seconds a page."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        self._recognise = RapidOCR(
            params={
                "Global.log_level": "error",
                "Global.use_cls": False,  # no text is upside down in a paper
                "Rec.rec_batch_num": 1,  # lines one by one, and no arena: half the memory
                "EngineConfig.onnxruntime.enable_cpu_mem_arena": False,
                "EngineConfig.onnxruntime.intra_op_num_threads": 2,
            }
        )

    def glyphs(self, picture: Any) -> tuple[Glyph, ...]:  # noqa: ANN401  # an array of pdfium's own making
        """The lines on a picture drawn at `SCALE`, one `Glyph` for each, in points from the picture's lower left corner."""
        found = self._recognise(picture)
        if found.txts is None:
            return ()
        boxes = [
            (text, min(x for x, _ in box), max(x for x, _ in box), min(y for _, y in box), max(y for _, y in box))
            for box, text, score in zip(found.boxes.tolist(), found.txts, found.scores, strict=True)
            if score >= _LEAST_SCORE and text.strip()
        ]
        usual = statistics.median(bottom - top for *_, top, bottom in boxes) if boxes else 0.0
        made = []
        for text, left, right, top, bottom in boxes:
            tall = bottom - top
            size = usual if usual / _SAME_TYPE <= tall <= usual * _SAME_TYPE else tall
            base = picture.shape[0] - (top + tall * _BASELINE)
            made.append(Glyph(text.strip(), left / SCALE, right / SCALE, base / SCALE, size * _SIZE / SCALE, spaced=True))
        return tuple(made)
