"""MY642 and MY643: does somebody else promote a version than registered it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.owners import UNKNOWN_SIGNER
from modelyard.snapshot import POLICY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.git.people import Person
    from modelyard.rules.entering import Entry
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition

__all__ = ["promoted_by_author", "promoter_unknown"]

_NOREPLY = "@users.noreply."


def promoted_by_author(transition: Transition) -> Findings:
    """Where the policy separates duties, a version is promoted by somebody else than whoever registered it.

    The authors of a version are those of the commits that wrote its directory, and their co-authors, as Git has them.
    Who promotes is the actor, as for the owners (MY623). The actor is an author where its name is the author's name,
    address, or the part of the address before the `@`, without regard to case. A version that the change itself
    registers, and one that an unknown signer promotes, have nobody who stands for the second pair of eyes.

    Bad:
        # made by ada, who wrote the commit that registered fraud@1.1.0
        M model_registry/stages/production/fraud.yaml
    Good:
        # made by grace
        M model_registry/stages/production/fraud.yaml
    """
    for entry in _separated(transition):
        stage, actor = entry.change.stage, transition.actor
        if not transition.base.has(entry.version_id):
            message = f"{entry.version_id} is registered by the same change that puts it into {stage}"
            yield entry.finding(message, "merge the version first, and let somebody else promote it")
        elif actor == UNKNOWN_SIGNER:
            message = f"{entry.version_id} is put into {stage} by an unknown signer, who may have registered it"
            hint = f"git commit --amend --gpg-sign with a key that stands under `owners.signers` in {POLICY}"
            yield entry.finding(message, hint)
        elif actor is not None:
            found = [author for author in transition.past.authors(entry.version_id) if _is_called(author, actor)]
            if found and not entry.comes_back:
                message = f"{entry.version_id} was registered by {found[0]}, and {actor} puts it into {stage}"
                yield entry.finding(message, "let somebody else make this change")


def promoter_unknown(transition: Transition) -> Findings:
    """Where the policy separates duties, it is known who promotes a version; else nobody can judge it.

    Bad:
        modelyard validate --base main
    Good:
        modelyard validate --base main --actor grace
    """
    for entry in _separated(transition):
        if transition.actor is None and transition.base.has(entry.version_id):
            message = (
                f"nobody said who puts {entry.version_id} into {entry.change.stage}, "
                "so whether that is whoever registered it was not judged"
            )
            hint = (
                f"modelyard validate --base auto --actor NAME, or name the variable of CI in {POLICY}: owners.variable"
            )
            yield entry.finding(message, hint)


def _separated(transition: Transition) -> Iterator[Entry]:
    """Yield what enters a stage with separate duties; whoever founds a registry does all of it."""
    if not transition.founds:
        yield from (each for each in transition.entries if each.version and each.stage and each.stage.separate_duties)


def _is_called(author: Person, actor: str) -> bool:
    local, _, _host = author.email.partition("@")
    # GitHub and GitLab write 12345+login@users.noreply.…
    login = local.rpartition("+")[2] if _NOREPLY in author.email else local
    wanted = actor.removeprefix("@").casefold()
    return wanted in {each.casefold() for each in (author.name, author.email, local, login) if each}
