"""Pages that are pictures of text, read by the extra `ocr` where it is installed."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typst
from rapidfuzz.distance import LCSseq

from corpus import Source, read
from corpus.fetch import Fetched
from corpus.pdf_ocr import is_installed
from tests.conftest import ROOT

SENTENCES = [f"In week {week} the participants trained at home and noted what they had done there." for week in range(1, 25)]


def scan() -> bytes:
    """A PDF of one page that is a picture of two columns, and one page of text."""
    page = (
        '#set page(paper: "a4", columns: 2, margin: 2cm)\n#set text(size: 10pt)\n#set par(justify: true)\n'
        f'#text(size: 16pt, weight: "bold")[A scanned paper]\n\n{" ".join(SENTENCES)}\n#colbreak()\n{" ".join(SENTENCES)}'
    )
    picture: bytes = typst.compile(page.encode(), format="png", ppi=200, ignore_system_fonts=True)
    numbers = ",".join(map(str, picture))
    source = (
        '#set page(paper: "a4", margin: 0pt)\n'
        f"#image(bytes(({numbers})), width: 100%)\n#set page(margin: 2cm)\nWeakness is slow. It begins in the fingers."
    )
    content: bytes = typst.compile(source.encode(), ignore_system_fonts=True)
    return content


@pytest.mark.skipif(not is_installed(), reason="the extra ocr is not installed")
def test_a_scanned_page_is_read_in_the_order_of_its_columns() -> None:
    document = read(Source(url="file:///scan.pdf"), Fetched(scan(), "file:///scan.pdf", "application/pdf"))
    expected = " ".join([*SENTENCES, *SENTENCES]).split()
    assert LCSseq.similarity(expected, document.text.split()) >= 0.97 * len(expected)
    assert document.notes == ("page 1 looks scanned and was read by text recognition, which may misread words",)
    assert document.page_at(document.text.index("Weakness is slow")) == 2


def test_the_reader_without_the_extra_names_it() -> None:
    """In a process of its own, where the extra cannot be found whether or not it is installed."""
    program = (
        "import sys\nsys.modules['rapidocr'] = None\nimport importlib.util\nfind = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: None if name == 'rapidocr' else find(name, *rest)\n"
        "from corpus.pdf import read_pdf\nprint(read_pdf(sys.stdin.buffer.read(), 'scan.pdf').notes[0])"
    )
    done = subprocess.run([sys.executable, "-c", program], input=scan(), capture_output=True, cwd=ROOT, check=True)
    assert done.stdout.decode().startswith("page 1 looks scanned. Install the ocr extra (pip install 'myositis-assistant[ocr]')")
