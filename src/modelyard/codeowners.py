"""CODEOWNERS: the block of it that repeats what the registry says of owners and reviewers, for the forge to enforce.

The last line that matches a path holds, on GitHub and on GitLab. So the block goes from what is wide to what is narrow.
Sources: https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
and https://docs.gitlab.com/user/project/codeowners/reference/.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelyard.errors import Refused
from modelyard.snapshot import ARCHIVE, POLICY, ROOT, STAGES, model_path
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelyard.documents.policy import Policy
    from modelyard.names import ModelName
    from modelyard.snapshot import Snapshot

__all__ = ["BEGIN", "END", "PLACES", "CodeOwners", "Layout", "can_own", "find_place", "read_code_owners", "split_block"]

PLACES = (".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where a forge looks for the file: GitHub not in the second of them, GitLab not in the first."""

BEGIN = "# >>> modelyard codeowners"
END = "# <<< modelyard codeowners"
_FIRST = f"{BEGIN}: from owners and reviewers in the registry; edit those, and run the command again."
# What the foundation of a registry leaves as an example, as long as nobody has put anything in.
_EXAMPLE = re.compile(r"# >>> modelyard: [^\n]*\n(?:#[^\n]*\n)*?# <<< modelyard\n", re.ASCII)

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_LOGIN = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9_.-]*", re.ASCII)
_TEAM = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9_.-]*(?:/[A-Za-z0-9][A-Za-z0-9_.-]*)+", re.ASCII)
_MAIL = re.compile(r"[A-Za-z0-9_.%+-]+@[A-Za-z0-9][A-Za-z0-9.-]*", re.ASCII)
_ELSEWHERE = re.compile(rf"/(?!{ROOT}(?:/|$))[A-Za-z0-9_.-]+(?:/.*)?", re.ASCII)


@dataclass(frozen=True)
class Layout:
    """A file of code owners, cut at the marks.

    :param block: the lines from mark to mark, both included; None where there is no block.
    """

    before: str
    block: str | None
    after: str


@dataclass(frozen=True)
class CodeOwners:
    """The file of code owners as it is, and as the registry wants it.

    :param current: what it holds, None where there is no such file.
    :param wanted: the same with an up-to-date block; all outside of the block is as it was.
    :param unnamed: owners that no such file can name, a sentence each.
    :param overruling: numbers of the lines below the block that may match what the block is about, and hold instead.
    """

    path: str
    current: str | None
    wanted: str
    unnamed: tuple[str, ...] = ()
    overruling: tuple[int, ...] = ()

    @property
    def line(self) -> int:
        """The number of the line that the block begins in."""
        return (self.current or self.wanted).partition(BEGIN)[0].count("\n") + 1

    @property
    def stale(self) -> bool:
        """Whether the file does not say what the registry says."""
        return self.current != self.wanted


def find_place(snapshot: Snapshot) -> str:
    """Return the path of the file: the one that has a block, else the first that exists, else GitHub's own.

    :raises Refused: one of them is no regular file.
    """
    existing = {path: text for path in PLACES if (text := _text(snapshot, path)) is not None}
    with_block = (path for path, text in existing.items() if BEGIN in text)
    return next(with_block, next(iter(existing), PLACES[0]))


def read_code_owners(snapshot: Snapshot, path: str) -> CodeOwners:
    """Return the file at a path, and what the registry of a snapshot wants it to hold.

    :raises Refused: the marks in the file are not a pair, or it is no regular file.
    :raises UsageError: the policy is broken.
    :raises TooLarge: it has more than a megabyte.
    """
    current = _text(snapshot, path)
    layout = split_block(current or "", path)
    lines, unnamed = _rendered(snapshot, path)
    end = "\r\n" if "\r\n" in (current or "") else "\n"
    block = "".join(f"{line}{end}" for line in (_FIRST, *lines, END))
    before = layout.before
    if layout.block is None:
        before = _EXAMPLE.sub("", before)
        before = before.rstrip("\r\n") + end * 2 if before.strip() else ""
    first = before.count("\n") + block.count("\n") + 1
    overruling = tuple(
        number for number, line in enumerate(_LINE.findall(layout.after), first) if _may_overrule(line.split("#")[0])
    )
    return CodeOwners(path, current, before + block + layout.after, unnamed, overruling)


def split_block(text: str, path: str) -> Layout:
    """Return a file's text, cut at the marks.

    :param path: of the file, for messages.
    :raises Refused: the marks are not a pair.
    """
    lines = _LINE.findall(text)
    begins = [number for number, line in enumerate(lines) if line.startswith(BEGIN)]
    ends = [number for number, line in enumerate(lines) if line.startswith(END)]
    if not begins and not ends:
        return Layout(text, None, "")
    if len(begins) != 1 or len(ends) != 1 or begins > ends:
        number = min(begins + ends) + 1
        raise Refused(
            f"{path} has marks of modelyard that are not one pair, the first in line {number}",
            hint=f"delete the lines that begin with {BEGIN!r} and {END!r}, and what is between them",
        )
    first, last = begins[0], ends[0] + 1
    return Layout("".join(lines[:first]), "".join(lines[first:last]), "".join(lines[last:]))


def _text(snapshot: Snapshot, path: str) -> str | None:
    leaf = snapshot.tree.leaf(path)
    if leaf is None:
        return None
    if not leaf.kind.is_file:
        raise Refused(f"{path} is no regular file", hint=f"git rm {path}")
    # What is no UTF-8 comes out again as it went in.
    return snapshot.tree.read(path).decode("utf-8", "surrogateescape")


def _may_overrule(pattern: str) -> bool:
    """Whether a line may match a path of the registry: it is not rooted in a folder that is plainly another one."""
    first = pattern.split()[:1]
    # A section of GitLab's ends none of what came before it, and asks for another approval beside.
    return bool(first) and not first[0].startswith(("[", "^[")) and not _ELSEWHERE.fullmatch(first[0])


def _rendered(snapshot: Snapshot, path: str) -> tuple[list[str], tuple[str, ...]]:
    """Return the lines of the block, and which owners they can't name."""
    unnamed: dict[str, None] = {}
    rows: list[tuple[str, tuple[str, ...]]] = []
    for pattern, what, owners in _owned(snapshot, path):
        named, others = _named(snapshot.policy, owners)
        unnamed.update(dict.fromkeys(f"{owner!r}, an owner of {what}, is no name of a forge" for owner in others))
        if named:
            rows.append((pattern, named))
    width = max((len(pattern) for pattern, _ in rows), default=0)
    return [f"{pattern.ljust(width)} {' '.join(owners)}" for pattern, owners in rows], tuple(unnamed)


def _owned(snapshot: Snapshot, path: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield each pattern with what it is about and its owners, the wider before the narrower."""
    policy = snapshot.policy
    yield f"/{ROOT}/", "new models", policy.owners.registrars
    owners = dict(_models(snapshot))
    for name, people in owners.items():
        # A name comes after those that it begins with, whose pattern matches its versions too.
        for pattern in (f"{ROOT}/{name}-*/", f"{ARCHIVE}/{name}.jsonl", model_path(name), f"{STAGES}/*/{name}.yaml"):
            yield f"/{pattern}", f"model {name}", people
    for stage in policy.stages:
        yield f"/{STAGES}/{stage.name}/", f"stage {stage.name}", stage.reviewers or stage.owners
    for name, people in owners.items():
        yield from _overridden(policy, name, people)
    yield f"/{POLICY}", "the policy", policy.owners.policy
    # Whoever could change this file could choose his own reviewers.
    yield f"/{path}", "the policy", policy.owners.policy


def _models(snapshot: Snapshot) -> Iterator[tuple[ModelName, tuple[str, ...]]]:
    snapshot.prefetch_documents()
    for name in snapshot.model_names:
        parsed = snapshot.model(name)
        if parsed and parsed.value:
            yield name, parsed.value.owners


def _overridden(policy: Policy, name: ModelName, owners: tuple[str, ...]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for stage in policy.for_model(name).stages:
        usual = policy.stage(stage.name)
        people = stage.reviewers or stage.owners
        if usual and people != (usual.reviewers or usual.owners):
            yield f"/{STAGES}/{stage.name}/{name}.yaml", f"stage {stage.name}", people or owners


def can_own(word: str, policy: Policy) -> bool:
    """Whether a word can be an owner: a name of a forge, a mail address, or a group or signer of the policy."""
    known = word in policy.owners.groups or word in policy.owners.signers
    return known or any(form.fullmatch(word) for form in (_LOGIN, _TEAM, _MAIL))


def _named(policy: Policy, owners: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return owners as the file names them, and those that it can't."""
    groups = policy.owners.groups
    named: dict[str, None] = {}
    others: list[str] = []
    for owner in owners:
        # The forge knows a team by its name; of a group of ours it knows the members.
        for each in (owner,) if _TEAM.fullmatch(owner) else groups.get(owner, (owner,)):
            if _MAIL.fullmatch(each):
                named[each] = None
            elif _LOGIN.fullmatch(each) or _TEAM.fullmatch(each):
                named[f"@{each.removeprefix('@')}"] = None
            else:
                others.append(each)
    return tuple(named), tuple(others)
