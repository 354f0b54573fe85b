"""Make the research digests: one PDF beside each Typst source in this directory.

``python make_digests.py`` writes the PDFs; with ``--check`` it writes nothing and exits
1 if a PDF is missing or differs from what its source gives. The same source gives the
same bytes: the date stands in ``digest.typ``, only the fonts built into Typst are used,
and the version of the PyPI package ``typst`` is fixed below.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import sys
from pathlib import Path

import typst

TYPST_VERSION = "0.15.2"
DIGESTS = Path(__file__).resolve().parent
TEMPLATE = DIGESTS / "digest.typ"


def sources() -> list[Path]:
    """Return the Typst file of each digest (not the template), sorted by name."""
    return sorted(path for path in DIGESTS.glob("*.typ") if path != TEMPLATE)


def compile_digest(source: Path) -> bytes:
    """Return the PDF that one Typst source gives.

    Raises ``typst.TypstError`` where the source is wrong, for example where it cites a
    label that ``references.toml`` does not hold, and ``ValueError`` on any warning.
    """
    pdf, warnings = typst.compile_with_warnings(
        source,
        root=DIGESTS.parent,
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards="ua-1",
    )
    if warnings:
        raise ValueError("\n".join(warning.diagnostic for warning in warnings))
    return pdf


def write_safely(target: Path, content: bytes) -> None:
    """Write under a temporary name, then rename: no half-written PDF is left."""
    temporary = target.with_name(target.name + ".part")
    temporary.write_bytes(content)
    temporary.replace(target)


def main(arguments: list[str] | None = None) -> int:
    """Make or check the digests; return the exit code."""
    parser = argparse.ArgumentParser(
        description="Make the research digests (PDF) from their Typst sources.",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit 1 if a PDF is not what its source gives",
    )
    check: bool = parser.parse_args(arguments).check

    installed = importlib.metadata.version("typst")
    if installed != TYPST_VERSION:
        print(
            f"typst {installed} is installed, but the digests are made with {TYPST_VERSION}: pip install typst=={TYPST_VERSION}",
            file=sys.stderr,
        )
        return 1

    failed = False
    for source in sources():
        target = source.with_suffix(".pdf")
        try:
            pdf = compile_digest(source)
        except (typst.TypstError, ValueError) as error:
            print(f"{source.name} does not compile: {error}", file=sys.stderr)
            failed = True
            continue
        if not check:
            write_safely(target, pdf)
            print(f"{target.name}: {len(pdf):,} bytes")
        elif not target.exists() or target.read_bytes() != pdf:
            print(
                f"{target.name} is not what {source.name} gives: run python {Path(__file__).name}",
                file=sys.stderr,
            )
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
