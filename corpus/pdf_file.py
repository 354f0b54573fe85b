"""Opening PDFs. pdfium opens most; what it refuses, pypdf says the reason of, or writes anew so that pdfium can open it."""

from __future__ import annotations

import io
import logging

import pypdf
import pypdfium2

from corpus.errors import ReadError

# It would warn of every oddity of every file, on stderr.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def open_pdf(content: bytes, where: str) -> pypdfium2.PdfDocument:
    """The PDF in `content`, which the caller closes. Raises `ReadError` when it asks for a password or cannot be mended."""
    problem = ""
    try:
        file = pypdfium2.PdfDocument(content)
        if len(file):
            return file
        file.close()
        problem = "it has no pages"
    except pypdfium2.PdfiumError as error:
        problem = str(error)
        if "password" in problem.lower():
            raise _encrypted(where) from error
    try:
        file = pypdfium2.PdfDocument(_written_anew(content, where))
        if len(file):
            return file
    except pypdfium2.PdfiumError as error:
        problem = str(error)
    raise damaged(where, problem)


def _written_anew(content: bytes, where: str) -> bytes:
    """The file as pypdf understands it, empty where it does not. Raises `ReadError` for one that asks for a password."""
    out = io.BytesIO()
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        is_locked = reader.is_encrypted and not reader.decrypt("")
        if not is_locked:
            pypdf.PdfWriter(clone_from=reader).write(out)
    except MemoryError:
        raise
    except Exception:  # damage shows itself as any error at all
        return b""
    if is_locked:
        raise _encrypted(where)
    return out.getvalue()


def plain_text(content: bytes) -> list[str]:
    """The text of each page as pypdf reads it, "" for a page that it cannot read; none where it cannot open the file."""
    try:
        pages = list(pypdf.PdfReader(io.BytesIO(content), strict=False).pages)
    except MemoryError:
        raise
    except Exception:  # as above
        return []
    return [_page_text(page) for page in pages]


def _page_text(page: pypdf.PageObject) -> str:
    try:
        return page.extract_text()
    except MemoryError:
        raise
    except Exception:  # as above
        return ""


def damaged(where: str, problem: str) -> ReadError:
    """The error for a file that no reader here makes sense of; `problem` in the words of the last that tried."""
    return ReadError("the PDF cannot be read", where, f"Open it in a PDF viewer and save it anew ({problem.strip(' .')[:200]})")


def _encrypted(where: str) -> ReadError:
    return ReadError("the PDF is encrypted", where, "Save a copy without a password and add that")
