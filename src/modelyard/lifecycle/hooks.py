"""Where a desk calls modelyard: the hooks of its pre-commit configuration."""

from __future__ import annotations

import re

from modelyard.documents import yaml
from modelyard.documents.document import Unreadable
from modelyard.errors import UsageError
from modelyard.values import dataclass

__all__ = ["FILE", "INSTALLED", "ToolSource", "block", "with_hooks"]

FILE = ".pre-commit-config.yaml"

_MARK = "modelyard-validate"
_HOOKS = (
    ("modelyard-validate", "model versions keep the registry's rules", "modelyard validate --hook"),
    ("modelyard-card", "model cards are complete", "modelyard validate --hook --select MY3"),
)
_ITEM = re.compile(r"^( *)- repo:", re.ASCII | re.MULTILINE)


@dataclass(frozen=True)
class ToolSource:
    """Where modelyard comes from.

    With neither address nor path it is already installed. An address is that of a Git repository with
    a revision; a path is a directory or a wheel that pip can install.
    """

    url: str | None = None
    revision: str | None = None
    path: str | None = None

    @classmethod
    def parse(cls, text: str) -> ToolSource:
        """Return the source that ``installed``, ``URL@REVISION`` or a path says.

        :raises UsageError: an address has no revision, or the text can't stand in a generated file.
        """
        if text == "installed":
            return INSTALLED
        if not text or not text.isprintable() or any(character in " \"'$`{}\\" for character in text):
            raise UsageError(f"{text!r} cannot name where modelyard comes from", hint="--from installed")
        if "://" in text or text.startswith("git@"):
            url, at, revision = text.rpartition("@")
            if not at or "/" in revision or not url.removeprefix("git"):
                raise UsageError(f"{text!r} names no revision", hint=f"--from {text}@v1.0.0")
            return cls(url=url, revision=revision)
        return cls(path=text)

    @property
    def requirement(self) -> str | None:
        """What pip installs, or None where modelyard is installed already."""
        return f"git+{self.url}@{self.revision}" if self.url else self.path


INSTALLED = ToolSource()


def block(source: ToolSource) -> str:
    """Return the item of ``repos`` that holds modelyard's hooks."""
    if source.url:
        hooks = "".join(f"      - id: {name}\n" for name, _title, _entry in _HOOKS)
        return f'  - repo: "{source.url}"\n    rev: "{source.revision}"\n    hooks:\n{hooks}'
    hooks = "".join(_local_hook(*hook, source) for hook in _HOOKS)
    return f"  - repo: local\n    hooks:\n{hooks}"


def _local_hook(name: str, title: str, entry: str, source: ToolSource) -> str:
    language = f'python\n        additional_dependencies: ["{source.path}"]' if source.path else "system"
    return (
        f"      - id: {name}\n"
        f"        name: {title}\n"
        f"        entry: {entry}\n"
        f"        language: {language}\n"
        # A filter on files would skip a commit that only deletes: pre-commit counts no deleted file.
        f"        always_run: true\n"
        f"        pass_filenames: false\n"
    )


def with_hooks(existing: bytes | None, source: ToolSource) -> bytes | None:
    """Return the configuration with modelyard's hooks in it, every line that was there kept.

    None where that can't be done without touching what the user wrote.
    """
    if existing is None:
        return f"repos:\n{block(source)}".encode()
    text = existing.decode("utf-8", "surrogateescape")
    if _MARK in text:
        return existing
    items = list(_ITEM.finditer(text))
    if not items:
        return None
    indent = items[-1][1]
    addition = "".join(f"{indent}{line[2:]}\n" for line in block(source).splitlines())
    appended = (text.rstrip("\n") + "\n" + addition).encode("utf-8", "surrogateescape")
    return appended if _adds_one_repository(existing, appended) else None


def _adds_one_repository(before: bytes, after: bytes) -> bool:
    try:
        old, new = yaml.read(before).mapping(), yaml.read(after).mapping()
    except Unreadable:
        return False
    repositories = new.get("repos")
    return isinstance(repositories, list) and {**new, "repos": repositories[:-1]} == old
