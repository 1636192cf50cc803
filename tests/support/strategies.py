"""Hypothesis strategies for what stands in the documents of a registry."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from modelyard.documents.characters import first_forbidden
from modelyard.documents.document import Value

__all__ = ["PIECES", "awkward_words", "documents", "keys", "scalars", "texts", "values", "yaml_like"]

_AWKWARD_WORDS = (
    "¦ ¦~¦no¦On¦y¦null¦Null¦true¦FALSE¦=¦<<¦-¦--¦---¦...¦-x¦- x¦?¦?x¦:¦:x¦a: b¦a:¦a #b¦#a¦[¦]¦{a}¦a, b¦"
    '@x¦`x`¦%x¦!x¦&x¦*x¦|¦>-¦\'¦"¦it\'s¦say "x"¦\\¦a\\nb¦012¦0x1f¦0o17¦0b1¦12:30:45¦1_000¦2024-01-01¦'
    "2024-01-01T00:00:00Z¦1e5¦12e4567¦.inf¦-.nan¦+1¦1.¦.5¦1.10¦1.2.3¦-0¦123456789012345678¦"
    "1234567890123456789¦a\n¦a\nb¦a\nb\n¦a\n\nb\n¦a\n\n¦\na¦ a\nb¦a\n  b\n¦a \nb¦\ta¦a\tb\nc¦# a\nb: c\n¦"
    "é¦日本¦😀¦\u00a0x"
)

_YAML_PIECES = (
    "a¦b¦key¦x y¦1¦: ¦:¦- ¦-¦\n¦\n  ¦\n    ¦\n ¦  ¦ ¦[¦]¦{¦}¦, ¦,¦\"¦'¦\"q\"¦'s'¦#¦ # c¦?¦? ¦|\n¦>-\n¦|¦"
    "&a ¦*a¦!¦!!str ¦%¦%YAML 1.1\n¦@¦---¦...¦\n---\n¦\r\n¦\t¦\\¦\\u202e¦a: ¦b: ¦c:\n¦- a¦=¦~¦<<: ¦no¦012¦"
    "https://x¦::¦|+\n"
)

_HOSTILE = (
    *("\0", "\ufeff", "\u202e", "\u200b", "\u2028", "\x1b[2J", "\x85", "\ud800", "\r"),
    *("schema_version: ", "name: ", "version: ", "files:", "license: ", "outs:\n- ", "md5: ", "path: ", "x-a: "),
    *("# ", "## ", "```\n", "<!--", "-->", "---\n", "| a | b |\n|---|---|\n", "](", "<script>", "{{", "TODO", "&#x41;"),
    *("NaN", "1e999", "\\u0000", "[[[[[[[[", "{{{{{{{{", '{"a":', "::error::", "1.2.3", "LicenseRef-x", "git:"),
)

PIECES: tuple[str, ...] = (*_YAML_PIECES.split("¦"), *_AWKWARD_WORDS.split("¦"), *_HOSTILE)
"""What documents are made of, and what breaks them."""

awkward_words: SearchStrategy[str] = st.sampled_from(_AWKWARD_WORDS.split("¦"))
"""Words that some YAML reader takes for more than text."""

texts: SearchStrategy[str] = st.one_of(
    awkward_words,
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.text(st.sampled_from("ab1 -:#'\"\n,[]{}?.e+&*!|>%@`\\\t"), max_size=12),
).filter(lambda text: first_forbidden(text) is None)
"""Text without the characters that no document may hold."""

keys: SearchStrategy[str] = st.one_of(st.sampled_from(["a", "b", "c", "held", "version"]), texts)
"""Keys of a mapping."""

scalars: SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(10**18) + 1, max_value=10**18 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
)
"""Every kind of scalar that a document may hold."""

values: SearchStrategy[Value] = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=12,
)
"""Every value that a document may hold."""

documents: SearchStrategy[dict[str, Value]] = st.dictionaries(keys, values, max_size=6)
"""A mapping, as every document of a registry is one."""

yaml_like: SearchStrategy[str] = st.lists(st.one_of(st.sampled_from(_YAML_PIECES.split("¦")), texts), max_size=14).map(
    "".join
)
"""Text that looks like YAML and mostly is not."""
