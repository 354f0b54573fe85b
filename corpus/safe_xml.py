"""XML of others, parsed so that it can do nothing: no entities, no network, no files, no trees without end."""

from __future__ import annotations

from lxml import etree

from corpus.errors import ReadError


def xml_tree(content: bytes, where: str, *, mend: bool = False) -> etree._Element:
    """The root of the document `content`; entities stay as they are written, unexpanded. Raises `ReadError`.

    With `mend`, what is damaged is read as far as it can be.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=mend,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadError("the XML is damaged", where, f"Try again later, or tell its owner ({error})") from error
    if root is None:
        raise ReadError("there is nothing in it", where, "Try again later, or tell its owner")
    return root
