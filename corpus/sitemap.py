"""Sitemaps: the list of its pages that a site gives to those who read it by machine (https://www.sitemaps.org)."""

from __future__ import annotations

from lxml import etree

from corpus.download import unzipped
from corpus.safe_xml import xml_tree

# A fifth of what the protocol allows; a site this project is for has some hundred pages.
MOST_BYTES = 10 * 1024 * 1024
_GZIP = b"\x1f\x8b"


def sitemap_entries(content: bytes, url: str) -> tuple[list[str], list[str]]:
    """The pages and the further sitemaps that the sitemap `content` names, in its order. Raises `ReadError`."""
    if content.startswith(_GZIP):
        content = unzipped(content, MOST_BYTES, url)
    root = xml_tree(content, url, mend=True)
    pages: list[str] = []
    sitemaps: list[str] = []
    for entry in root.iter("{*}loc"):
        parent = entry.getparent()
        name = etree.QName(parent).localname if parent is not None else ""
        address = "" if len(entry) else (entry.text or "").strip()  # an entity stands as a child, unexpanded
        if address and name in ("url", "sitemap"):
            (pages if name == "url" else sitemaps).append(address)
    return pages, sitemaps
