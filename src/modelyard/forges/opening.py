"""A request is opened once, however often we ask and whatever the forge answers in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.errors import ModelyardError, NotFinished, Refused
from modelyard.forges.failures import AlreadyThere, Limited, Unanswered
from modelyard.forges.request import State
from modelyard.values import dataclass

if TYPE_CHECKING:
    from modelyard.forges.forge import Forge
    from modelyard.forges.patience import Patience
    from modelyard.forges.request import Draft, Request

__all__ = ["Opened", "open_once"]


@dataclass(frozen=True)
class Opened:
    """A request that is open now.

    :param fresh: whether we have opened it; False of one that was open before.
    :param unlabelled: why it does not have the draft's labels, None where it has.
    """

    request: Request
    fresh: bool
    unlabelled: str | None = None


def open_once(forge: Forge, draft: Draft, patience: Patience) -> Opened:
    """Return the open request for a draft's branch, which is opened where there is none.

    It is looked for first, and looked for again after every answer that leaves open whether it was made.

    :raises Refused: the same commit was merged already, or its request was closed; nobody's no is asked again.
    :raises NotFinished: the forge cannot be reached, or lets us do nothing.
    """
    target = patience.ask(forge.default_branch)
    found = _standing(forge, draft, target, patience)
    fresh = found is None
    request = found or _opened(forge, draft, target, patience)
    return Opened(request, fresh, _labelled(forge, request, draft, patience))


def _standing(forge: Forge, draft: Draft, target: str, patience: Patience) -> Request | None:
    found = patience.ask(lambda: forge.requests(draft.branch, target))
    for request in found:
        if request.state is State.OPEN:
            return request
    for request in found:
        if request.commit == draft.commit:
            raise _settled(forge, request)
    return None


def _settled(forge: Forge, request: Request) -> Refused:
    kind = forge.address.kind
    name = f"{kind.request} {kind.sign}{request.number}"
    if request.state is State.MERGED:
        return Refused(f"{name} has merged the same commit already: {request.url}", hint="git pull")
    return Refused(
        f"{name} of the same commit was closed and not merged: {request.url}",
        hint="reopen it there, or propose the change anew on another branch: --branch NAME",
    )


def _opened(forge: Forge, draft: Draft, target: str, patience: Patience) -> Request:
    failures = 0
    while True:
        try:
            return forge.open(draft, target)
        except AlreadyThere as failure:
            found = _standing(forge, draft, target, patience)
            if found:
                return found
            raise NotFinished(
                f"{forge.address.host} says that it is there, and does not list it: {failure}"
            ) from failure
        except (Limited, Unanswered) as failure:
            failures += 1
            if failures < patience.tries:
                patience.wait(failure, failures)
            found = _standing(forge, draft, target, patience)
            if found:
                return found
            if failures == patience.tries:
                raise patience.given_up(failure) from failure


def _labelled(forge: Forge, request: Request, draft: Draft, patience: Patience) -> str | None:
    missing = tuple(label for label in draft.labels if label not in request.labels)
    if not missing:
        return None
    try:
        patience.ask(lambda: forge.label(request, missing))
    except ModelyardError as error:
        # Labels help readers; the request is what was asked for.
        return error.message
    return None
