"""python-api.md: what `import modelyard` gives, from signatures and docstrings."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

import modelyard
from modelyard.api.application.locking import Locking, Moved
from modelyard.api.application.outdating import Standing
from modelyard.api.application.syncing import Synced, SyncedModel
from modelyard.api.application.updating import Update
from modelyard.api.changing import Proposed
from modelyard.api.comparing import Contrast, Leaderboard
from modelyard.api.listing import ListedVersion
from modelyard.api.mending import Repair
from modelyard.api.protecting import Guarded
from modelyard.api.publishing import Published
from modelyard.api.pulling import Pulled
from modelyard.api.request import RegisterRequest
from modelyard.api.showing import ShownVersion
from modelyard.codeowners import CodeOwners
from modelyard.documents.delivery import DeliveredFile, Delivery
from modelyard.documents.lockfile import Lock, Locked
from modelyard.documents.metadata import Metadata
from modelyard.evaluate.ranking import Ranked
from modelyard.forges.demands import Gap
from modelyard.forges.opening import Opened
from modelyard.forges.request import Request
from modelyard.lifecycle.deeds import Deed
from modelyard.lifecycle.edits import Edits
from modelyard.problems import Problem
from modelyard.rules.judgement import Judgement
from reference.markdown import docstring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["page"]

_INTRODUCTION = """\
# Python

`import modelyard` imports nothing heavy; what a call needs is imported then. Every exception below carries `message`,
`hint` and the `exit_code` that the command line would end with. The package is typed (PEP 561).

```python
import modelyard

registry = modelyard.Registry("https://git.example.org/models.git")
version = registry["fraud@production"]
model = version.load()
```

"""
# With postponed evaluation, `inspect` shows an annotation as the string that it is.
_QUOTED = re.compile(r"(: |-> )'([^']*)'")
_DATA = (
    RegisterRequest,
    Metadata,
    Judgement,
    Problem,
    Proposed,
    Published,
    Opened,
    Request,
    Edits,
    Deed,
    Pulled,
    ShownVersion,
    ListedVersion,
    Contrast,
    Leaderboard,
    Ranked,
    Repair,
    CodeOwners,
    Guarded,
    Gap,
    Locking,
    Moved,
    Lock,
    Locked,
    Delivery,
    DeliveredFile,
    Synced,
    SyncedModel,
    Update,
    Standing,
)


def page() -> str:
    """Return the page."""
    exported = [getattr(modelyard, name) for name in modelyard.__all__]
    errors = [each for each in exported if isinstance(each, type) and issubclass(each, modelyard.ModelyardError)]
    errors.sort(key=lambda error: len(error.__mro__))
    parts = [_INTRODUCTION, *map(_class, (modelyard.Registry, modelyard.ModelVersion))]
    functions = [each for each in exported if inspect.isfunction(each)]
    parts += ["## Models of an application\n\n", *map(_function, functions)]
    parts += ["## Data\n\nFrozen dataclasses that calls take and return.\n\n", *map(_data, _DATA)]
    parts += ["## Exceptions\n\n", *map(_error, errors)]
    return "".join(parts).rstrip("\n") + "\n"


def _class(kind: type) -> str:
    members = "".join(_member(kind, name) for name in _public(kind))
    return f"## modelyard.{kind.__name__}\n\n{_examples(docstring(kind))}\n\n{members}"


def _public(kind: type) -> Iterator[str]:
    """Yield the names of a class and of what it is put together from, in the order of its bases."""
    for name, member in (member for each in kind.__mro__[:-1] for member in vars(each).items()):
        callable_or_property = isinstance(member, (property, classmethod)) or inspect.isfunction(member)
        if callable_or_property and (name == "__getitem__" or not name.startswith("_")):
            yield name


def _member(kind: type, name: str) -> str:
    member = inspect.getattr_static(kind, name)
    if isinstance(member, property):
        return f"### {kind.__name__}.{name}\n\n{docstring(member)}\n\n"
    function = member.__func__ if isinstance(member, classmethod) else member
    signature = _QUOTED.sub(r"\1\2", str(inspect.signature(function)))
    shown = "Registry[reference]" if name == "__getitem__" else f"{kind.__name__}.{name}"
    return f"### {shown}\n\n```python\n{_wrapped(f'{name}{signature}')}\n```\n\n{docstring(function)}\n\n"


def _function(function: Callable[..., object]) -> str:
    name = function.__name__
    signature = _QUOTED.sub(r"\1\2", str(inspect.signature(function)))
    return f"### modelyard.{name}\n\n```python\n{_wrapped(f'{name}{signature}')}\n```\n\n{docstring(function)}\n\n"


def _wrapped(signature: str) -> str:
    if len(signature) <= 100:
        return signature
    head, _, rest = signature.partition("(")
    arguments, _, result = rest.rpartition(")")
    return f"{head}(\n" + "".join(f"    {each},\n" for each in _split(arguments)) + f"){result}"


def _split(arguments: str) -> Iterator[str]:
    """Yield the arguments of a signature, split at the commas that stand in no bracket."""
    depth, start = 0, 0
    for index, character in enumerate(arguments):
        depth += (character in "[(") - (character in "])")
        if character == "," and not depth:
            yield arguments[start:index].strip()
            start = index + 1
    yield arguments[start:].strip()


def _data(kind: type) -> str:
    fields = {name: annotation for name, annotation in kind.__annotations__.items() if not name.startswith("_")}
    listed = "".join(f"{name}: {annotation}\n" for name, annotation in fields.items())
    return f"### {kind.__name__}\n\n{docstring(kind)}\n\n```python\n{listed}```\n\n"


def _error(kind: type[modelyard.ModelyardError]) -> str:
    bases = ", ".join(f"`{base.__name__}`" for base in kind.__bases__)
    return f"### {kind.__name__}\n\nSubclass of {bases}. {docstring(kind)}\n\n"


def _examples(text: str) -> str:
    """Return the text with its doctest lines as a block of code."""
    lines = text.replace("  # doctest: +SKIP", "").splitlines()
    shown = [line.removeprefix(">>> ") for line in lines if line.startswith(">>> ")]
    rest = "\n".join(line for line in lines if not line.startswith(">>> "))
    block = "\n".join(shown)
    return f"{rest}\n\n```python\n{block}\n```" if shown else rest
