"""Choice: which versions somebody means, by references, patterns of names, or all that is in a stage."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from modelyard.errors import UsageError
from modelyard.lifecycle.model_document import require_model
from modelyard.lifecycle.promote import is_there
from modelyard.lifecycle.stage_document import require_stage
from modelyard.names import InvalidName, Version, VersionId, parse_model_name
from modelyard.refs import InStage, Ref
from modelyard.resolve import resolve
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelyard.names import ModelName
    from modelyard.snapshot import Snapshot

__all__ = ["Choice", "choose", "choose_models", "parse_list"]


@dataclass(frozen=True)
class Choice:
    """The versions that are meant, and why some that a pattern met are left out, a sentence each."""

    version_ids: tuple[VersionId, ...]
    left_out: tuple[str, ...] = ()


def choose(
    words: Sequence[str], stage: str, snapshot: Snapshot, *, all_in: str | None = None, or_nothing: bool = False
) -> Choice:
    """Return the versions that shall go to a stage.

    A word is a reference, whose version is meant even where the gate will refuse it, or a reference with a
    pattern for a name (``fraud-*@latest``). A model that a pattern meets is left out where its reference means
    nothing, or where the version is in the stage already.

    :param all_in: a stage all of whose models are meant, with the versions that it has; the words are then
        names, or patterns of names, that narrow them.
    :param or_nothing: whether it is fine that nothing is left.
    :raises UsageError: a reference or a stage means nothing, a pattern meets no model, or nothing is left.
    :raises InvalidName: a word is no reference.
    """
    if all_in is not None:
        require_stage(all_in, snapshot, after="--all-in ")
        _require_names(words, all_in)
        words = [f"{word}@{all_in}" for word in words or ("*",)]
    found: list[VersionId] = []
    left_out: list[str] = []
    for word in words:
        if not is_pattern(word):
            found.append(_meant(Ref.parse(word), snapshot))
            continue
        refs = tuple(_refs(word, snapshot, all_in=all_in))
        if not refs:
            unmet = _unmet(word.partition("@")[0], snapshot, stage=all_in)
            if not or_nothing:
                raise unmet
            left_out.append(unmet.message)
        for ref in refs:
            try:
                version_id = _meant(ref, snapshot)
            except UsageError as error:
                left_out.append(error.message)
                continue
            if is_there(version_id, stage, snapshot):
                left_out.append(f"{version_id} is in {stage} already")
            else:
                found.append(version_id)
    if not found and words and not or_nothing:
        raise UsageError(
            f"nothing is left to promote to {stage}",
            hint="; ".join(left_out),
        )
    return Choice(tuple(dict.fromkeys(found)), tuple(left_out))


def choose_models(words: Sequence[str], snapshot: Snapshot, *, stage: str | None = None) -> tuple[ModelName, ...]:
    """Return the models that names and patterns of names mean.

    :param stage: a pattern means only those that are in it.
    :raises UsageError: there is no model of a name, or a pattern meets none.
    :raises InvalidName: a word is no name.
    """
    found: list[ModelName] = []
    for word in words:
        if not is_pattern(word):
            require_model(parse_model_name(word), snapshot)
            found.append(parse_model_name(word))
            continue
        met = [name for name in matching(word, snapshot) if stage is None or name in snapshot.models_in(stage)]
        if not met:
            raise _unmet(word, snapshot, stage=stage)
        found += met
    return tuple(dict.fromkeys(found))


def parse_list(text: str) -> tuple[str, ...]:
    """Return the words of a list of references: one a line; what follows a ``#`` is a comment.

    :raises UsageError: a line holds no reference, name or pattern of names; the message says which line.
    """
    words: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        word = line.partition("#")[0].strip()
        if word:
            _require_word(word, number)
            words.append(word)
    return tuple(words)


def is_pattern(word: str) -> bool:
    """Whether a word has a pattern for a name, and not a name."""
    return not set("*?[").isdisjoint(word.partition("@")[0])


def matching(pattern: str, snapshot: Snapshot) -> tuple[ModelName, ...]:
    """Return the models whose names a pattern of the shell meets, sorted."""
    return tuple(name for name in snapshot.model_names if fnmatchcase(name, pattern))


def _unmet(pattern: str, snapshot: Snapshot, *, stage: str | None) -> UsageError:
    here = ", ".join(sorted(snapshot.models_in(stage) if stage else snapshot.model_names)) or "none"
    where = f"in {stage}" if stage else "here"
    return UsageError(f"no model {where} has a name like {pattern!r}", hint=f"models {where}: {here}")


def _refs(word: str, snapshot: Snapshot, *, all_in: str | None) -> Iterator[Ref]:
    pattern, at, selector = word.partition("@")
    if not at:
        raise UsageError(f"{word!r} does not say which versions", hint=f"{word}@latest, or a stage: {word}@staging")
    if isinstance(Ref.parse(f"x@{selector}").selector, InStage):
        require_stage(selector, snapshot, after=f"{pattern}@")
    for name in matching(pattern, snapshot):
        if all_in is None or name in snapshot.models_in(all_in):
            yield Ref.parse(f"{name}@{selector}")


def _meant(ref: Ref, snapshot: Snapshot) -> VersionId:
    # A version is taken at its word: whether a yanked one may go there, the gate says with its place and rule.
    if isinstance(ref.selector, Version):
        return VersionId(ref.name, ref.selector)
    return resolve(ref, snapshot)


def _require_word(word: str, number: int) -> None:
    name, at, selector = word.partition("@")
    try:
        if at:
            Ref.parse(f"{'x' if is_pattern(word) else name}@{selector}")
        elif not is_pattern(word):
            parse_model_name(name)
    except InvalidName as error:
        raise UsageError(f"line {number}: {error}", hint="one name a line, or NAME@VERSION") from error


def _require_names(words: Sequence[str], all_in: str) -> None:
    for word in words:
        if "@" in word:
            message = f"--all-in {all_in} says which versions, so {word!r} can be a name only"
            raise UsageError(message, hint=word.partition("@")[0])
