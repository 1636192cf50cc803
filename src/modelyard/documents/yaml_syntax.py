"""Our own sentences for what PyYAML's parser says when a text is not YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yaml.error import MarkedYAMLError

from modelyard.documents.document import FaultKind
from modelyard.values import dataclass

if TYPE_CHECKING:
    from yaml.reader import Reader

__all__ = ["SyntaxFault", "explain"]


@dataclass(frozen=True)
class _Sentence:
    """What to say for a problem whose text starts so; ``at_context`` blames the place where the construct began."""

    starts: str
    message: str
    hint: str
    at_context: bool = False
    kind: FaultKind = FaultKind.SYNTAX


@dataclass(frozen=True)
class SyntaxFault:
    """Where and why the parser stopped, for :meth:`modelyard.documents.faults.Faults.add`."""

    kind: FaultKind
    offset: int
    sentences: tuple[str, str]


_QUOTE = "quote the value, for example 'a value'"
_ALIGN = "align the keys of one mapping, and the items of one list, in one column"
_ESCAPE = _Sentence("", "the escape in this double-quoted text is unknown", r"write \\ for a backslash")

# The first that fits is taken. The wording to the left is PyYAML's; where another release words a
# problem differently, the last sentence still names the place.
_SENTENCES = (
    _Sentence("found character '\\t'", "a tab stands where only spaces may stand", "write spaces instead of the tab"),
    _Sentence("found character '@'", "a value cannot start with '@'", _QUOTE),
    _Sentence("found character '`'", "a value cannot start with '`'", _QUOTE),
    _Sentence("found character '%'", "a value cannot start with '%'", _QUOTE),
    _Sentence(
        "mapping values are not allowed",
        "a ':' stands where no key can end",
        "quote the value that holds it, or check the indentation and the space after each ':'",
    ),
    _Sentence("could not find expected ':'", "a ':' is missing after this key", "write 'key: value'", at_context=True),
    _Sentence("found unexpected end of stream", "this quote is never closed", "close it", at_context=True),
    _Sentence("found unexpected document separator", "this quote is never closed", "close it", at_context=True),
    _Sentence(
        "expected ',' or ']', but got '<stream end>'", "this bracket is never closed", "add a ']'", at_context=True
    ),
    _Sentence(
        "expected ',' or '}', but got '<stream end>'", "this bracket is never closed", "add a '}'", at_context=True
    ),
    _Sentence("expected ',' or ']'", "a ',' or ']' is missing here", "check the brackets and quotes before it"),
    _Sentence("expected ',' or '}'", "a ',' or '}' is missing here", "check the brackets and quotes before it"),
    _Sentence("found unknown escape character", _ESCAPE.message, _ESCAPE.hint),
    _Sentence("expected escape sequence", _ESCAPE.message, _ESCAPE.hint),
    _Sentence("expected <block end>", "the indentation does not fit the lines above", _ALIGN),
    _Sentence(
        "sequence entries are not allowed", "a list item cannot start here", "start the list on the line after its key"
    ),
    _Sentence("mapping keys are not allowed", "a key cannot start here", _ALIGN),
    _Sentence("expected the node content", "a value is missing here", "write one, or quote it"),
    _Sentence("expected a comment or a line break", "only a comment may stand on this line", "start the text below it"),
    _Sentence(
        "expected chomping or indentation indicators",
        "only a comment may stand on this line",
        "start the text below it",
    ),
    _Sentence("found undefined tag handle", "tags are not allowed", "delete the tag", kind=FaultKind.FEATURE),
    _Sentence("", "the text is not valid YAML here", "check the quotes, the brackets and the indentation"),
)


def explain(error: Exception, reader: Reader) -> SyntaxFault:
    """Return what stopped PyYAML's parser in Python, which stands where it stopped."""
    problem = (error.problem if isinstance(error, MarkedYAMLError) else None) or ""
    sentence = _ESCAPE
    if isinstance(error, MarkedYAMLError):
        sentence = next(sentence for sentence in _SENTENCES if problem.startswith(sentence.starts))
    mark = getattr(error, "problem_mark", None)
    if sentence.at_context:
        mark = getattr(error, "context_mark", None) or mark
    offset = mark.index if mark else reader.index
    return SyntaxFault(sentence.kind, offset, (sentence.message, sentence.hint))
