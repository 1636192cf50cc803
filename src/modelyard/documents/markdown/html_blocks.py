"""Which line begins a block of HTML, and what ends it (CommonMark 0.31, section 4.6)."""

from __future__ import annotations

import re

__all__ = ["end_of_html"]

_STARTS = (
    (re.compile(r"<(?:script|pre|style|textarea)(?:[ >]|$)", re.IGNORECASE), "</script> </pre> </style> </textarea>"),
    (re.compile(r"<!--"), "-->"),
    (re.compile(r"<\?"), "?>"),
    (re.compile(r"<![A-Za-z]", re.ASCII), ">"),
    (re.compile(r"<!\[CDATA\["), "]]>"),
)
_USUAL = re.compile(
    r"</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div"
    r"|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link"
    r"|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th"
    r"|thead|title|tr|track|ul)(?: |/?>|$)",
    re.IGNORECASE | re.ASCII,
)
_ATTRIBUTE = r""" +[A-Za-z_:][A-Za-z0-9_.:-]*(?: *= *(?:[^ "'=<>`]+|'[^']*'|"[^"]*"))?"""
_ALONE = re.compile(
    rf"<(?:[A-Za-z][A-Za-z0-9-]*(?:{_ATTRIBUTE})* */?|/[A-Za-z][A-Za-z0-9-]* *)> *$",
    re.ASCII,
)
_CODE_INDENT = 4


def end_of_html(line: str, *, alone: bool) -> str | None:
    """Return what ends the HTML that a line begins: marks with spaces between them, or nothing for a blank line.

    :param alone: whether any whole tag that stands alone on its line begins HTML too; not where it would
        interrupt a paragraph.
    :returns: None where the line begins none.
    """
    text = line.lstrip(" ")
    if not text.startswith("<") or len(line) - len(text) >= _CODE_INDENT:
        return None
    for start, end in _STARTS:
        if start.match(text):
            return end
    if _USUAL.match(text) or (alone and _ALONE.match(text)):
        return ""
    return None
