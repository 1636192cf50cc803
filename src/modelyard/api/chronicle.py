"""The chronicle of a registry: what happened to it, as its clone tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import UsageError
from modelyard.fingerprints import events_fingerprint
from modelyard.git.references import main_line
from modelyard.history.event import Kind, concerning
from modelyard.history.placed import who_placed
from modelyard.history.rows import from_texts, to_texts
from modelyard.index.events import KeptLine, Line
from modelyard.index.file import FILE
from modelyard.names import Version, parse_model_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelyard.api.repository import Repository
    from modelyard.git.objects import ObjectReader
    from modelyard.history.event import Event
    from modelyard.history.placed import Placed

__all__ = ["Blame", "blame", "read_history"]

Blame = tuple[tuple["Placed", ...], "Event | None"]


def read_history(
    repository: Repository,
    *,
    name: str | None = None,
    stage: str | None = None,
    head: str | None = None,
    end: str | None = None,
    cached: bool = True,
) -> tuple[Event, ...]:
    """Return what happened on the main branch, newest first.

    :param name: only what happened to this model, and ``stage`` only what happened in this stage.
    :param head: a branch, a tag or a commit whose line is read instead.
    :param end: the commit that the main branch is at, where that was asked before.
    :param cached: whether what was read before may be taken from beside ``.git``, and kept there.
    :raises UsageError: nothing of that kind happened, or there is no registry.
    :raises NotFinished: the clone's history is cut off.
    """
    if name is not None:
        parse_model_name(name)
    is_main = head is None
    end = head or end or main_line(repository.location)
    found = tuple(concerning(_found(repository, name, end, is_main=is_main, cached=cached), stage=stage))
    if not found:
        raise _nothing(_found(repository, None, end, is_main=is_main, cached=cached), name, stage)
    return found


def blame(repository: Repository, text: str, *, head: str | None = None) -> Blame:
    """Return where versions of a model are by now and who put them there, and who registered the version asked for.

    :param text: ``fraud`` for all stages, ``fraud@production`` for one, ``fraud@1.2.0`` for one version.
    :param head: as for :func:`read_history`.
    :raises UsageError: it is none of these, or it is in no stage.
    :raises NotFinished: the clone's history is cut off.
    """
    from modelyard.refs import InStage, Ref

    ref = Ref.parse(text) if "@" in text else None
    name = ref.name if ref else parse_model_name(text)
    of_model = read_history(repository, name=name, head=head)
    placed = who_placed(of_model)
    match ref.selector if ref else None:
        case None:
            found, registered = placed, None
        case InStage(stage=stage):
            found, registered = tuple(each for each in placed if each.stage == stage), None
        case Version() as version:
            found = tuple(each for each in placed if each.version == version)
            registered = next(
                (each for each in of_model if (each.kind, each.after) == (Kind.REGISTERED, version)), None
            )
        case _:
            raise UsageError(
                f"{text!r} names neither a model, nor a stage, nor a version",
                hint=f"modelyard blame {name}, {name}@production or {name}@1.2.0",
            )
    if not found and not registered:
        what = (
            f"no version of {name!r} is in {ref.selector.stage}"
            if ref and isinstance(ref.selector, InStage)
            else f"{text} is in no stage, so nobody put it there"
        )
        raise UsageError(what, hint=f"modelyard history {name}")
    return found, registered


def _found(repository: Repository, name: str | None, end: str, *, is_main: bool, cached: bool) -> tuple[Event, ...]:
    """Return the events of a model, or all, in whatever way is quickest: they are the same in any."""
    index = KeptLine(repository.location.common_dir / FILE) if cached else None
    line = index.line(events_fingerprint(), name) if index else None
    # Without a question to git where its main branch is still the one that is kept.
    if line and line.tip == end:
        return from_texts(line.texts.items())[0]
    with repository.reading() as reader:
        tip = reader.commit_id(end)
        if line and line.tip == tip:
            return from_texts(line.texts.items())[0]
        if index and is_main and not repository.location.is_shallow:
            return tuple(concerning(_read_on(reader, tip, index), name=name))
        from modelyard.history.reading import events

        return events(reader, tip, name=name)


def _read_on(reader: ObjectReader, tip: str, index: KeptLine) -> tuple[Event, ...]:
    """Return all events until a commit, reading those that are not kept yet, and keep them."""
    from modelyard.git.history import is_on_first_parents
    from modelyard.history.reading import events

    context = events_fingerprint()
    line = index.line(context)
    # A commit that the line has left, by a reset or a rebase, tells nothing of it.
    if not line or not reader.finds(line.tip) or not is_on_first_parents(reader.location, line.tip, tip):
        found = events(reader, tip)
        index.keep_line(context, Line(tip, to_texts(found)))
        return found
    earlier, number = from_texts(line.texts.items())
    later = events(reader, tip, since=line.tip, earlier=earlier)
    texts = {
        name: "\n".join(filter(None, (text, line.texts.get(name))))
        for name, text in to_texts(later, first=number).items()
    }
    index.keep_line(context, Line(tip, texts), after=line.tip)
    return (*later, *earlier)


def _nothing(everything: Sequence[Event], name: str | None, stage: str | None) -> UsageError:
    if not everything:
        return UsageError("nothing happened here yet: there is no registry", hint="modelyard init")
    from difflib import get_close_matches

    names = sorted({event.name for event in everything if event.name})
    if name is not None and name not in names:
        near = get_close_matches(name, names, n=3) or names[:9]
        return UsageError(f"there never was a model {name!r}", hint=f"models here: {', '.join(near) or 'none'}")
    stages = sorted({event.stage for event in everything if event.stage and name in (None, event.name)})
    whom = f" to {name}" if name else ""
    return UsageError(f"nothing ever happened{whom} in {stage}", hint=f"stages: {', '.join(stages) or 'none'}")
