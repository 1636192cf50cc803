"""MY7xx, text first: could what a change brings harm those who review, load or pull it?"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from modelyard.content import content_of
from modelyard.documents.lines import Lines
from modelyard.rules.finding import Finding
from modelyard.rules.stated import metadata_of
from modelyard.snapshot import ARCHIVE, POLICY, model_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelyard.documents.policy import Policy
    from modelyard.problems import Position
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition
    from modelyard.version_directory import VersionDirectory

__all__ = ["hidden_characters", "secret_in_registry", "secret_in_version"]

_MOST = 10  # in one file; more say nothing new
_ROTATE = (
    "revoke it where it was issued, since Git keeps what was once committed; then delete it here: "
    "git add {path} && git commit --amend"
)


def secret_in_version(version: VersionDirectory, _policy: Policy) -> Findings:
    """No file of a version holds a password, a token or a private key.

    Whoever can clone the registry could use it, and Git keeps it even where a later commit takes it out.
    Tokens are known by their form, passwords by the name that they are assigned to and by looking
    random. A digest, a commit id, a UUID or a placeholder is none. The message shows no more than the
    first four characters.

    Bad:
        x-database: postgres://reader:s3cr3t-Pa55word@db.payments.internal/fraud
    Good:
        x-database: postgres://db.payments.internal/fraud
    """
    from modelyard.documents.secrets import suspects_in

    suspects = suspects_in(version.small_files.values())
    for name, data in version.small_files.items() if suspects else ():
        yield from _secrets(version.full_path(name), data, suspects)


def secret_in_registry(transition: Transition) -> Findings:
    """No policy, model or stage that a change writes holds a password, a token or a private key.

    Bad:
        # models/fraud.yaml
        x-hook: https://deploy:s3cr3t-Pa55word@hooks.payments.internal/fraud
    Good:
        # models/fraud.yaml
        x-hook: https://hooks.payments.internal/fraud
    """
    for path in _registry_files(transition):
        data = content_of(transition.head.tree, path)
        if isinstance(data, bytes):
            yield from _secrets(path, data)


def hidden_characters(version: VersionDirectory, _policy: Policy) -> Findings:
    r"""No text file of a version holds characters that reorder text, or that nobody sees.

    With them a reviewer reads one licence or one table, and a program another. Documents have a rule
    of their own; files of the artifact are data, and may hold anything.

    Bad:
        Permission is \u202enot\u202c granted
    Good:
        Permission is granted
    """
    told = {parsed.path for parsed in version.documents()}
    metadata = metadata_of(version)
    data_files = metadata.files if metadata else {}
    for name, data in version.small_files.items():
        path = version.full_path(name)
        if path in told or name in data_files:
            continue
        yield from _hidden(path, data)


def _registry_files(transition: Transition) -> Iterator[str]:
    changes, head = transition.changes, transition.head
    if changes.policy:
        yield POLICY
    yield from (model_path(name) for name in changes.models)
    yield from (change.path for change in changes.stages)
    if ARCHIVE in changes.folders:
        yield from (f"{ARCHIVE}/{entry.name}" for entry in head.tree.entries(ARCHIVE) if entry.kind.is_file)


def _secrets(path: str, data: bytes, suspects: frozenset[bytes] | None = None) -> Findings:
    from modelyard.documents.secrets import secrets_in

    found = [(secret.offset, str(secret)) for secret in islice(secrets_in(data, suspects), _MOST)]
    for position, what in _placed(found, data):
        yield Finding(path, f"{what} stands here for everyone to read", _ROTATE.format(path=path), position)


def _hidden(path: str, data: bytes) -> Findings:
    from modelyard.documents.hidden import hidden_in

    for position, what in _placed(islice(hidden_in(data), _MOST), data):
        hint = f"delete it: open {path} in an editor that shows the code of each character"
        yield Finding(path, f"the character {what}, is not allowed", hint, position)


def _placed(found: Iterable[tuple[int, str]], data: bytes) -> Iterator[tuple[Position, str]]:
    """Yield the line and column of what was found, instead of its offset."""
    found = list(found)
    if found:
        lines = Lines(data.decode("utf-8", "replace"))
        yield from ((lines.position(offset), what) for offset, what in found)
