"""The style sheets, scripts and icon that the pages load, each kept in memory as it stood when the server started."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent
# Later sheets win over earlier ones, so their order counts.
STYLES = ("colours", "frame", "controls", "first_view", "answer", "viewer", "copy", "aids", "sheet", "print")
# The script that the page loads; it imports the others in js/ by name.
ENTRY = "js/page.js"
# The script that every page runs before it is drawn: the reader's own size, colours and language, with no flash of others.
APPEARANCE = "js/appearance.js"


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file of the page: its content as UTF-8 and its media type."""

    content: bytes
    media_type: str


def own_files() -> dict[str, OwnFile]:
    """The files by the address they have below the page's: all style sheets as one, every script, the icon."""
    sheets = [(_FOLDER / "css" / f"{name}.css").read_bytes() for name in STYLES]
    scripts = {f"js/{path.name}": OwnFile(path.read_bytes(), "text/javascript") for path in (_FOLDER / "js").glob("*.js")}
    return {
        "style.css": OwnFile(b"\n".join(sheets), "text/css"),
        "icon.svg": OwnFile((_FOLDER / "icon.svg").read_bytes(), "image/svg+xml"),
        **scripts,
    }
