"""From characters to lines in reading order: columns are told by the white between them, table rows by cells that align."""

from __future__ import annotations

import statistics
import unicodedata
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from corpus.canonical import canonical_line
from corpus.pdf_characters import Glyph, PageCharacters
from corpus.pdf_initials import is_initial, with_initials
from corpus.pdf_scripts import accented, ends_in_open_mark, is_script, spelt, spelt_glyphs

# In sizes of the type. White wider than this parts cells or columns; less is the space between two words.
_WIDE = 1.0
_SPACE = 0.12
_SAME_LINE = 0.22
# A column of text has this many lines, and this many characters in each; what has fewer is a table's.
_COLUMN_LINES = 3
_COLUMN_CHARACTERS = 18
_CELL_CHARACTERS = 28
# A column that holds a table is told from one of a table by so many lines of text above or below.
_PROSE_LINES = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one column: its text, the size of most of its characters and its place, in points.

    `glyphs` has for each character of `text` the one that is drawn for it: None for a space, and for all of a line whose
    characters cannot be told apart. `bold` means all of it: a run-in heading is no heading of its own; `lead` is the bold text
    that it begins with, if not all is bold. `mark_goes_on` where the mark of a reference is broken at its end. `cells` holds
    more than one text for the row of a table. A line that is not `upright` was set sideways.
    """

    text: str
    size: float
    bold: bool
    upright: bool
    page: int
    x: float
    y: float
    right: float = 0.0
    lead: str = ""
    mark_goes_on: bool = False
    cells: tuple[str, ...] = ()
    glyphs: tuple[Glyph | None, ...] = field(default=(), compare=False, repr=False)

    def part(self, start: int, end: int) -> Line:
        """The line with nothing but its characters `start:end`, white space at their ends left out."""
        text = self.text[start:end]
        start += len(text) - len(text.lstrip())
        text = text.strip()
        return replace(self, text=text, glyphs=self.glyphs[start : start + len(text)])


@dataclass(slots=True, eq=False)
class Segment:
    """Characters that follow each other on one line without wide white between them."""

    glyphs: list[Glyph]
    size: float = 0.0
    y: float = 0.0
    x0: float = 0.0
    x1: float = 0.0
    text: str = field(default="")

    def measure(self) -> None:
        """Take size, place and text from the characters."""
        sizes = Counter(glyph.size for glyph in self.glyphs)
        # Of sizes as frequent as each other the larger is the line's, the other that of its superscripts.
        self.size = max(sizes, key=lambda size: (sizes[size], size)) or 1.0
        self.y = statistics.median(glyph.y for glyph in self.glyphs if glyph.size == (self.size if self.size in sizes else 0.0))
        self.x0 = min(glyph.x0 for glyph in self.glyphs)
        self.x1 = max(glyph.x1 for glyph in self.glyphs)
        self.text = spelt(self.glyphs, self.size, self.y)


@dataclass(frozen=True, slots=True)
class PageSegments:
    """The pieces of one page's lines, not yet in order; those set sideways apart."""

    number: int
    upright: list[Segment]
    sideways: list[Segment]

    @property
    def characters(self) -> int:
        """How many characters of upright text the page has."""
        return sum(len(segment.text) for segment in self.upright)

    def rows(self) -> list[list[Segment]]:
        """The upright pieces by the height they stand at, from the top of the page down."""
        return _rows(self.upright)

    def without(self, left_out: Sequence[Segment]) -> PageSegments:
        """The page without those pieces."""
        gone = {id(segment) for segment in left_out}
        return replace(self, upright=[segment for segment in self.upright if id(segment) not in gone])


def segments(page: PageCharacters) -> PageSegments:
    """The pieces of lines that the characters of `page` make up."""
    made = [with_initials(_with_scripts(_segments(accented(run)))) for run in page.runs]
    return PageSegments(page.number, made[0] if made else [], [segment for run in made[1:] for segment in run])


def lines(page: PageSegments) -> list[Line]:
    """The lines of a page as they are read: column by column, what spans them where it stands; sideways lines last."""
    ordered = [line for region in _regions(page.upright, 0) for line in _region_lines(region, page.number)]
    aside = [_line([segment], page.number, upright=False) for segment in page.sideways]
    return [line for line in ordered + aside if line.text]


def _segments(glyphs: Iterable[Glyph]) -> list[Segment]:
    made: list[Segment] = []
    current: list[Glyph] = []
    for glyph in glyphs:
        if current and not _follows(current, glyph):
            made.append(Segment(current))
            current = []
        if current and glyph.broken:  # pdfium took the line for ended, and knows nothing of the space within it
            glyph = replace(glyph, spaced=_distance(current[-1], glyph) > _SPACE * max(current[-1].size, glyph.size))  # noqa: PLW2901
        current.append(glyph)
    if current:
        made.append(Segment(current))
    for segment in made:
        segment.measure()
    return [segment for segment in made if segment.text]


def _follows(current: Sequence[Glyph], glyph: Glyph) -> bool:
    """Whether `glyph` stands on the same line as `current`, beside its last character."""
    last = current[-1]
    size = max(last.size, glyph.size) or 1.0
    if _distance(last, glyph) > _WIDE * size or (len(current) == 1 and is_initial(last, glyph)):
        return False
    if glyph.x0 < last.x0 - 0.4 * size and not (_is_right_to_left(glyph.text) or _is_right_to_left(last.text)):
        return False
    full = max(current[-24:], key=lambda one: one.size)  # of a script and its word, the word tells the line
    if abs(glyph.y - full.y) <= _SAME_LINE * min(full.size, glyph.size):
        return True
    if glyph.size < full.size:
        return is_script(glyph, full.size, full.y)
    return is_script(full, glyph.size, glyph.y)


def _distance(last: Glyph, glyph: Glyph) -> float:
    return max(glyph.x0 - last.x1, last.x0 - glyph.x1)


def _is_right_to_left(text: str) -> bool:
    return unicodedata.bidirectional(text[0]) in ("R", "AL", "AN", "NSM")


def _with_scripts(found: list[Segment]) -> list[Segment]:
    """The segments, superscripts and hyphens that are drawn apart from their line put back into it."""
    kept = list(found)
    for segment in found:
        if len(segment.glyphs) > 12:
            continue
        host = next((one for one in kept if one is not segment and (_hosts(one, segment) or _is_end(one, segment))), None)
        if host is None:
            continue
        kept.remove(segment)
        if _is_end(host, segment):
            segment.glyphs[0] = replace(segment.glyphs[0], spaced=False)
        at = bisect([glyph.x0 for glyph in host.glyphs], segment.x0 + 0.1)
        host.glyphs[at:at] = segment.glyphs
        host.measure()
    return kept


def _is_end(host: Segment, piece: Segment) -> bool:
    """Whether `piece` is a hyphen on the line of `host`, right behind its last character."""
    gap = piece.x0 - host.x1
    is_hyphen = len(piece.glyphs) == 1 and piece.glyphs[0].text in "-‐"
    return is_hyphen and abs(host.y - piece.y) < 0.1 * host.size and -0.2 * host.size < gap < _SPACE * host.size


def _hosts(host: Segment, script: Segment) -> bool:
    first = script.glyphs[0]
    if not is_script(replace(first, size=script.size), host.size, host.y) or script.size >= host.size:
        return False
    if not host.x0 <= script.x0 <= host.x1 + 0.5 * host.size:
        return False
    return all(min(glyph.x1, script.x1) - max(glyph.x0, script.x0) < 0.15 * host.size for glyph in host.glyphs)


def _rows(found: Iterable[Segment]) -> list[list[Segment]]:
    rows: list[list[Segment]] = []
    for segment in sorted(found, key=lambda one: (-one.y, one.x0)):
        last = rows[-1] if rows else []
        if last and abs(last[0].y - segment.y) <= 1.3 * _SAME_LINE * min(last[0].size, segment.size):
            last.append(segment)
        else:
            rows.append([segment])
    for row in rows:
        row.sort(key=lambda one: one.x0, reverse=sum(_is_right_to_left(one.text) for one in row) * 2 > len(row))
    return rows


def _regions(found: list[Segment], depth: int) -> list[list[Segment]]:
    """`found` in parts that are each read from top to bottom, in reading order."""
    gutter = _gutter(found) if depth < 3 and len(found) >= 2 * _COLUMN_LINES else None
    if gutter is None:
        return [found]
    regions: list[list[Segment]] = []
    for band, spans in _bands(found, gutter):
        if spans:
            regions.append(band)
            continue
        left = [segment for segment in band if segment.x0 < gutter]
        right = [segment for segment in band if segment.x0 >= gutter]
        regions += [*_regions(left, depth + 1), *_regions(right, depth + 1)]
    return [region for region in regions if region]


def _bands(found: list[Segment], gutter: float) -> list[tuple[list[Segment], bool]]:
    """The page from the top down, in bands whose lines all cross `gutter`, or none does."""
    bands: list[tuple[list[Segment], bool]] = []
    for row in _rows(found):
        spans = any(_crosses(segment, gutter) for segment in row)
        if not bands or bands[-1][1] != spans:
            bands.append(([], spans))
        bands[-1][0].extend(row)
    return bands


def _crosses(segment: Segment, gutter: float) -> bool:
    return segment.x0 < gutter - 2 and segment.x1 > gutter - 1


def _gutter(found: list[Segment]) -> float | None:
    """The left edge of a column that stands beside another one, None where there are no columns side by side."""
    edges = Counter(round(segment.x0 / 2) * 2 for segment in found)
    best: tuple[int, float] | None = None
    for edge, count in edges.items():
        if count + edges[edge + 2] + edges[edge - 2] < _COLUMN_LINES:
            continue
        gutter = edge - 2.0
        score = sum(_column_lines(band, gutter) for band, spans in _bands(found, gutter) if not spans)
        if score and (best is None or (score, -gutter) > (best[0], -best[1])):
            best = (score, gutter)
    return best[1] if best else None


def _column_lines(band: list[Segment], gutter: float) -> int:
    """How many lines the shorter of the two columns of `band` has; 0 where either is no column of text."""
    left = [segment for segment in band if segment.x0 < gutter]
    right = [segment for segment in band if segment.x0 >= gutter]
    for side in (left, right):
        rows = _rows(side)
        lengths = [sum(len(segment.text) for segment in row) for row in rows]
        if len(rows) < _COLUMN_LINES or statistics.mean(lengths) < _COLUMN_CHARACTERS:
            return 0
        if _is_tabular(rows) and sum(len(row) == 1 and len(row[0].text) > _CELL_CHARACTERS for row in rows) < _PROSE_LINES:
            return 0
    white = statistics.median(segment.x0 for segment in right) - max(segment.x1 for segment in left)
    return min(len(left), len(right)) if white > 0.4 * statistics.median(segment.size for segment in band) else 0


def _is_tabular(rows: list[list[Segment]]) -> bool:
    """Whether rows of several short cells are many: they and what stands beside them are one table, to be read row by row."""
    cells = [segment for row in rows if len(row) > 1 for segment in row]
    several = sum(len(row) > 1 for row in rows)
    return several * 3 > len(rows) and statistics.mean(len(segment.text) for segment in cells) < _CELL_CHARACTERS


def _region_lines(region: list[Segment], page: int) -> list[Line]:
    rows = _rows(region)
    tabular = [False] * len(rows)
    for above in range(len(rows) - 1):
        if _aligned(rows[above], rows[above + 1]):
            tabular[above] = tabular[above + 1] = True
    return [_line(row, page, table=cells) for row, cells in zip(rows, tabular, strict=True)]


def _aligned(above: list[Segment], below: list[Segment]) -> bool:
    """Whether two rows are rows of one table: short cells with white in the same places."""
    if min(len(above), len(below)) < 2 or any(len(row[0].text) < 4 and len(row) == 2 for row in (above, below)):
        return False
    if statistics.mean(len(segment.text) for segment in (*above, *below)) > _CELL_CHARACTERS:
        return False
    size = above[0].size
    return any(
        min(one[1].x0, two[1].x0) - max(one[0].x1, two[0].x1) > 0.6 * size for one in pairwise(above) for two in pairwise(below)
    )


def _line(row: list[Segment], page: int, *, upright: bool = True, table: bool = False) -> Line:
    glyphs = [glyph for segment in row for glyph in segment.glyphs]
    main = max(row, key=lambda segment: len(segment.glyphs))
    lead: list[Glyph] = []
    for glyph in row[0].glyphs:
        if not glyph.bold:
            break
        lead.append(glyph)
    bold = all(glyph.bold for glyph in glyphs)
    placed = [_placed(segment) for segment in row]
    cells = tuple(text for text, _ in placed)
    return Line(
        text=" ".join(cells),
        size=main.size,
        bold=bold,
        upright=upright,
        page=page,
        x=row[0].x0,
        y=main.y,
        right=max(segment.x1 for segment in row),
        lead="" if bold or not lead else canonical_line(spelt(lead, row[0].size, row[0].y)),
        cells=cells if table else (),
        mark_goes_on=ends_in_open_mark(row[-1].glyphs, row[-1].size, row[-1].y),
        glyphs=tuple(glyph for at, (_, drawn) in enumerate(placed) for glyph in ((None, *drawn) if at else drawn)),
    )


def _placed(segment: Segment) -> tuple[str, list[Glyph | None]]:
    """The canonical text of `segment`, and for each of its characters the one that is drawn for it, None for a space."""
    text = canonical_line(segment.text)
    drawn: list[Glyph | None] = []
    made = ""
    cluster = ""
    first: Glyph | None = None

    def end_cluster() -> None:
        nonlocal made
        simple = cluster.isascii() and cluster.isprintable()
        plain = cluster if simple else canonical_line(cluster) if cluster.strip() else " "
        if plain and not (plain == " " and (not made or made[-1] == " ")):
            made += plain
            drawn.extend([None if char == " " else first for char in plain])

    for piece, glyph in spelt_glyphs(segment.glyphs, segment.size, segment.y):
        if cluster and not unicodedata.combining(piece[0]):  # a letter and its accents are one character
            end_cluster()
            cluster, first = "", None
        cluster += piece
        first = first or glyph
    if cluster:
        end_cluster()
    if made.rstrip() != text:  # characters that join in another way: nobody could say which is where
        return text, [None] * len(text)
    return text, drawn[: len(text)]
