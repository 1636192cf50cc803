"""The expressions of GitHub's workflows, as far as ours use them: names, text, comparison, and, or, not, calls."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["evaluated", "interpolated"]

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+)|(?P<operator>&&|\|\||==|!=|[!(),])|(?P<name>[A-Za-z_][\w.-]*))"
)
PYTHON = {"&&": " and ", "||": " or ", "!": " not "}
LITERALS = {"true": True, "false": False, "null": None}
PART = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


def evaluated(expression: str, contexts: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> Any:
    """Return the value of an expression; a property that is not there is an empty text, as null is to a script."""
    names: list[str] = []
    written = ""
    position = 0
    expression = expression.strip()
    while position < len(expression):
        found = TOKEN.match(expression, position)
        assert found, f"{expression[position:]!r} is not understood"
        position = found.end()
        if found["text"]:
            written += repr(found["text"][1:-1].replace("''", "'"))
        elif found["name"]:
            names.append(found["name"])
            called = expression[position:].lstrip().startswith("(")
            written += f"{'call' if called else 'value'}[{len(names) - 1}]"
        else:
            written += PYTHON.get(found["operator"], found[0].strip())
    value = [_looked_up(name, contexts) for name in names]
    call = [functions.get(name) for name in names]
    return eval(written, {"__builtins__": {}}, {"value": value, "call": call})


def interpolated(text: str, contexts: Mapping[str, Any]) -> str:
    """Return a text with its ``${{ }}`` evaluated."""
    return PART.sub(lambda part: _as_text(evaluated(part[1], contexts, {})), text)


def _looked_up(name: str, contexts: Mapping[str, Any]) -> Any:
    if name in LITERALS:
        return LITERALS[name]
    value: Any = contexts
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return "" if value is None else value


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
