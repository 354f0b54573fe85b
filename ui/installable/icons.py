"""The page's icon as pictures, for those who install it; drawn from icon.svg when they are first asked for."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import typst

_FOLDER = Path(__file__).resolve().parents[1]
_TEMPLATE = Path(__file__).with_name("icon.typ")
# Side in pixels, and whether a launcher may cut its corners off ("maskable": all that counts stays in the middle four fifths).
ICONS = {"icon-192.png": (192, False), "icon-512.png": (512, False), "icon-maskable.png": (512, True)}
_POINTS = 72


@cache
def icon_png(name: str) -> bytes:
    """The picture called `name`, one of `ICONS`, as a PNG."""
    side, maskable = ICONS[name]
    content = json.dumps({"icon": "../icon.svg", "share": 0.58 if maskable else 0.8})
    png = typst.compile(
        _TEMPLATE, root=_FOLDER, format="png", ppi=float(side), sys_inputs={"content": content}, ignore_system_fonts=True
    )
    if not isinstance(png, bytes):
        raise TypeError("typst gave no picture")
    return png
