"""Sitemaps: the list of its pages that a site gives to those who read it by machine (https://www.sitemaps.org)."""

from __future__ import annotations

from lxml import etree

from corpus.download import unzipped
from corpus.errors import ReadError

# A fifth of what the protocol allows; a site this project is for has some hundred pages.
MOST_BYTES = 10 * 1024 * 1024
_GZIP = b"\x1f\x8b"


def sitemap_entries(content: bytes, url: str) -> tuple[list[str], list[str]]:
    """The pages and the further sitemaps that the sitemap `content` names, in its order. Raises `ReadError`."""
    if content.startswith(_GZIP):
        content = unzipped(content, MOST_BYTES, url)
    # No entities, no network, no huge trees: a sitemap needs none of them, and attacks do.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadError("the sitemap is damaged", url, f"Tell the site's owner ({error})") from error
    pages: list[str] = []
    sitemaps: list[str] = []
    for entry in root.iter("{*}loc") if root is not None else ():
        parent = entry.getparent()
        name = etree.QName(parent).localname if parent is not None else ""
        address = "" if len(entry) else (entry.text or "").strip()  # an entity stands as a child, unexpanded
        if address and name in ("url", "sitemap"):
            (pages if name == "url" else sitemaps).append(address)
    return pages, sitemaps
