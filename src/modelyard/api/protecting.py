"""How the forge protects the branch that a registry is merged into, held against what the policy needs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelyard.api.publishing import forge_address
from modelyard.codeowners import find_place, read_code_owners
from modelyard.errors import UsageError
from modelyard.forges.address import ForgeKind
from modelyard.forges.connect import connect
from modelyard.forges.demands import demands_of, gaps
from modelyard.forges.patience import Patience
from modelyard.forges.purpose import Purpose
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelyard.api.checkout import Checkout
    from modelyard.forges.address import ForgeAddress
    from modelyard.forges.demands import Demands, Gap
    from modelyard.forges.protection import Protection

__all__ = ["GATE", "Guarded", "check_protection"]

GATE = "Validate model versions"
"""The check that runs the gate, as the workflow names it that a foundation writes."""


@dataclass(frozen=True)
class Guarded:
    """What was found.

    :param gaps: what is missing, the worst first.
    :param remarks: what nobody but a person can judge, a sentence each.
    :param certain: whether all that may close a gap was seen.
    """

    forge: ForgeAddress
    branch: str
    gaps: tuple[Gap, ...]
    remarks: tuple[str, ...]
    certain: bool


def check_protection(
    checkout: Checkout, *, gate: str = GATE, branch: str | None = None, tell: Callable[[str], None]
) -> Guarded:
    """Ask the forge how a branch is protected; nothing is set.

    :param gate: the name of the check that runs the gate.
    :param branch: the branch; without it the one that the forge merges into by default.
    :param tell: is told, as a sentence, why and how long we wait for the forge.
    :raises UsageError: there is no registry, no remote, no forge behind it, or no token or library for it.
    :raises NotFinished: the forge cannot be reached, or does not let the token see anything.
    """
    with checkout.reading() as reader:
        base = checkout.require_registry(checkout.commit(reader))
        owners = read_code_owners(base, find_place(base)).current or ""
        named = any(line.strip() and not line.lstrip().startswith("#") for line in owners.split("\n"))
        demands = demands_of(base.policy, gate=gate, has_code_owners=named)
    address = _address(checkout)
    forge = connect(address, os.environ, Purpose.PROTECTION)
    patience = Patience(tell)
    name = branch or patience.ask(forge.default_branch)
    found = patience.ask(lambda: forge.protection(name))
    missing = gaps(demands, found, name, address.kind)
    remarks = tuple(_remarks(demands, found, address))
    return Guarded(address, name, missing, remarks, certain=not (missing and found.hidden))


def _address(checkout: Checkout) -> ForgeAddress:
    remote = checkout.git_remote()
    address = forge_address(checkout.location, remote) if remote else None
    if address is None:
        raise UsageError(
            f"no forge is known behind {remote}" if remote else "there is no remote, and so no forge",
            hint="git config modelyard.forge github; for GitLab: git config modelyard.forge gitlab"
            if remote
            else "git remote add origin URL",
        )
    return address


def _remarks(demands: Demands, found: Protection, address: ForgeAddress) -> Iterator[str]:
    yield from found.remarks
    for name in found.hidden:
        yield f"the token may not see {name}, which may hold what is missing"
    if found.checks is None and address.kind is ForgeKind.GITLAB:
        names = ", ".join(check for check, _ in demands.checks)
        yield f"GitLab requires pipelines, and no job by its name: see that every pipeline holds {names}"
