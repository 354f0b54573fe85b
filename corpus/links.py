"""Where a web page leads to: addresses in one spelling, and what a page's markup says about its neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urljoin, urlsplit

import httpx
from lxml import etree
from lxml.html import HtmlElement

from corpus.canonical import canonical_line
from corpus.web_page import page_tree

_MOST_CHARACTERS = 2000
# A path that names one folder again and again comes from a broken relative link, and never ends.
_MOST_REPEATS = 3
# Who sent the reader, and which visit it is: the page is the same without them.
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|msclkid|mc_[ce]id|phpsessid|jsessionid|aspsessionid\w*|sessionid|sid", re.IGNORECASE
)
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_NOT_READ = re.compile(
    r"\.(?:7z|aac|ai|avi|bmp|bz2|css|csv|dmg|docx?|eps|epub|exe|flv|gif|gz|ico|ics|iso|jar|jpe?g|js|json|m4[av]|mov|mp[34]|mpe?g|"
    r"msi|og[gv]|otf|png|pptx?|ps|psd|rar|rm|rss|rtf|svg|swf|tar|tgz|tiff?|ttf|vcf|wav|web[mp]|wm[av]|woff2?|xlsx?|xml|zip)",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_LONGEST_LINE = 200
_REFRESH = re.compile(r"\s*[\d.]*\s*[;,]?\s*url\s*=\s*['\"]?([^'\"]+)", re.IGNORECASE)
_BLOCK = re.compile(
    "address|article|aside|blockquote|body|br|center|d[dlt]|div|footer|form|h[1-6r]|header|li|main|nav|ol|p|pre|section|"
    "table|tbody|t[dhr]|tfoot|thead|ul"
)
_UNSEEN = frozenset({"head", "script", "style", "noscript", "template", "title"})


def normalised(address: str, base: str = "") -> str | None:
    """`address`, relative to `base`, in the one spelling that stands for all; None for what is no web page's address."""
    try:
        url = httpx.URL(urljoin(base, re.sub(r"[\t\r\n]", "", address).strip().replace("\\", "/")))
    except (ValueError, httpx.InvalidURL, UnicodeError):
        return None
    if url.scheme not in ("http", "https") or not url.host or url.userinfo:
        return None
    path, _, query = _SESSION_IN_PATH.sub("", url.raw_path.decode("ascii")).partition("?")
    pairs = [pair for pair in query.split("&") if pair and not _TRACKING.fullmatch(pair.split("=", 1)[0])]
    folders = [folder for folder in path.split("/") if folder]
    if len(path) + len(query) > _MOST_CHARACTERS or any(folders.count(folder) > _MOST_REPEATS for folder in folders):
        return None
    target = path + ("?" if pairs else "") + "&".join(pairs)
    return str(url.copy_with(raw_path=_ESCAPE.sub(_one_spelling, target).encode("ascii"), fragment=None))


def _one_spelling(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if re.fullmatch(r"[\w.~-]", character, re.ASCII) else escape[0].upper()


def site_of(url: str) -> tuple[str, int | None]:
    """What makes two addresses one site: host, with or without "www.", and port; http and https are one."""
    parts = httpx.URL(url)
    return parts.host.removeprefix("www."), parts.port


def may_hold_text(url: str) -> bool:
    """Whether `url` may be a page or a PDF, by its ending; pictures, archives and the like are not asked for."""
    return not _NOT_READ.fullmatch(PurePosixPath(urlsplit(url).path).suffix)


@dataclass(frozen=True, slots=True)
class PageLinks:
    """What a page's markup says: addresses are normalised and without doubles, in document order.

    `frames` are the pages shown inside it, `is_frameset` says that it is nothing but those. `canonical` is the address it
    gives itself. `lines` are its short lines of text, among which a site's menus are.
    """

    links: tuple[str, ...]
    frames: tuple[str, ...]
    is_frameset: bool
    canonical: str | None
    may_index: bool
    lines: frozenset[str]


def page_links(content: bytes, url: str, charset: str | None = None) -> PageLinks | None:
    """The links of the HTML page `content` at `url`; None where it holds no markup at all."""
    tree = page_tree(content, charset)
    if tree is None:
        return None
    bases = [str(base.get("href")) for base in tree.iterfind(".//base[@href]")]
    base = normalised(bases[0], url) if bases else None
    rules = _robots_rules(tree)
    links = [] if "nofollow" in rules else list(_link_targets(tree))
    canonical = [str(link.get("href")) for link in tree.iterfind(".//link[@rel='canonical']") if link.get("href")]
    return PageLinks(
        _addresses(links, base or url),
        _addresses((str(frame.get("src")) for frame in tree.iter("frame", "iframe") if frame.get("src")), base or url),
        tree.find(".//frameset") is not None,
        normalised(canonical[0], base or url) if canonical else None,
        "noindex" not in rules,
        frozenset(_lines(tree)),
    )


def _addresses(targets: Iterable[str], base: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(url for target in targets if (url := normalised(target, base)) and may_hold_text(url)))


def _link_targets(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter("a", "area", "meta"):
        if element.tag == "meta":
            refresh = str(element.get("http-equiv") or "").lower() == "refresh" and _REFRESH.match(
                str(element.get("content") or "")
            )
            if refresh:
                yield refresh[1]
        elif "nofollow" not in str(element.get("rel") or "").lower() and element.get("href"):
            yield str(element.get("href"))


def _robots_rules(tree: HtmlElement) -> set[str]:
    rules: set[str] = set()
    for element in tree.iter("meta"):
        if str(element.get("name") or "").lower() == "robots":
            words = set(re.findall(r"\w+", str(element.get("content") or "").lower()))
            rules |= words | ({"noindex", "nofollow"} if "none" in words else set())
    return rules


def _lines(tree: HtmlElement) -> Iterator[str]:
    """The lines a reader sees, parted at blocks and line breaks, that are short enough for a menu or a footer."""
    words: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        seen = isinstance(element.tag, str) and element.tag not in _UNSEEN
        if isinstance(element.tag, str) and _BLOCK.fullmatch(element.tag):
            line = canonical_line("".join(words))
            if 0 < len(line) <= _LONGEST_LINE:
                yield line
            words = []
        words.append((element.text if seen else "") or "" if event == "start" else element.tail or "")
