"""A forge in small: one bare repository with pull requests, statuses and a protected main branch, as GitHub has them.

What it answers has the shapes that GitHub documents (https://docs.github.com/rest), as far as our client and our
workflows read them. Its Git is Git: see support.forge_server.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.repositories import Repository, bare_repository

__all__ = ["ACTIONS", "AUTHOR", "Fault", "Forge", "ForgeError", "Pull"]

AUTHOR, ACTIONS = "author", "github-actions[bot]"
PROTECTION = """\
#!/bin/sh
while read -r old new ref; do
  if [ "$ref" = refs/heads/main ]; then echo "refs/heads/main is protected: open a pull request" >&2; exit 1; fi
done
"""


class ForgeError(Exception):
    """A refusal, with the HTTP status that GitHub documents for it.

    :param details: what it says beside the message, such as that something is there already.
    """

    def __init__(self, status: int, message: str, *details: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details


@dataclass
class Fault:
    """What the interface answers once in place of what it was asked for.

    :param request: method and path, as a pattern.
    :param status: of the answer; None where the connection ends without one.
    :param done: whether the forge does what it was asked for before it fails.
    """

    request: str
    status: int | None
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "Server Error"
    done: bool = False


@dataclass
class Pull:
    """A pull request."""

    number: int
    title: str
    author: str
    branch: str
    head_repository: str
    body: str = ""
    labels: list[str] = field(default_factory=list)
    head: str = ""
    closed: bool = False
    merged: str | None = None

    @property
    def state(self) -> str:
        return "closed" if self.closed or self.merged else "open"


@dataclass
class Forge:
    """The repository ``example/models`` and what the forge knows about it.

    :param required: contexts of statuses that must be ``success`` on the head before a merge.
    :param protection: classic branch protection of main, as documented; None where there is none.
    :param rulesets: rulesets that are active for main, as documented, each with its rules.
    :param lab: what GitLab has in their place: ``project``, ``protected_branches``, and ``approvals`` and
        ``approval_rules`` on Premium.
    :param faults: what goes wrong next; each happens once, to the first request that it is for.
    :param requests: what was asked of the interface, such as ``POST /repos/example/models/pulls``.
    """

    root: Path
    name: str = "example/models"
    required: frozenset[str] = frozenset()
    pulls: dict[int, Pull] = field(default_factory=dict)
    statuses: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    artifacts: dict[int, tuple[str, bytes]] = field(default_factory=dict)
    protection: dict[str, Any] | None = None
    rulesets: list[dict[str, Any]] = field(default_factory=list)
    lab: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def repository(self) -> Repository:
        return Repository(self.root / f"{self.name}.git")

    @property
    def clone_url(self) -> str:
        return f"{self.url}/{self.name}.git"

    def seed(self, origin: Repository) -> None:
        """Take over the main branch of another repository, and protect it."""
        bare = bare_repository(self.repository.path)
        bare.git("fetch", "--quiet", str(origin.path), "main:main")
        bare.git("config", "http.receivepack", "true")
        # As GitHub does, so that a checkout can fetch the commit that an event names.
        bare.git("config", "uploadpack.allowAnySHA1InWant", "true")
        hook = bare.path / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(PROTECTION)
        hook.chmod(0o755)

    def commit(self, reference: str) -> str | None:
        """Return the id of the commit that a full reference names, or None."""
        return self.repository.git("for-each-ref", "--format=%(objectname)", "--count=1", reference) or None

    def tip(self, reference: str) -> str:
        """Return the id of the commit that a reference names, which is there."""
        return self.repository.git("rev-parse", "--verify", reference)

    def open_pull(
        self, title: str, branch: str, *, author: str, head_repository: str | None = None, body: str = ""
    ) -> Pull:
        """Open a pull request of a pushed branch into main; one at a time."""
        head = self.commit(f"refs/heads/{branch}")
        if head is None:
            raise ForgeError(422, "Validation Failed")
        if any(pull.branch == branch and pull.state == "open" for pull in self.pulls.values()):
            owner = self.name.partition("/")[0]
            raise ForgeError(422, "Validation Failed", f"A pull request already exists for {owner}:{branch}.")
        pull = Pull(len(self.pulls) + 1, title, author, branch, head_repository or self.name, body, head=head)
        self.pulls[pull.number] = pull
        self.refresh()
        return pull

    def refresh(self) -> None:
        """Bring ``refs/pull/N/head`` and ``refs/pull/N/merge`` up to date: a push came in, or main moved on."""
        for pull in self.pulls.values():
            if pull.state == "open":
                head, base = self.tip(f"refs/heads/{pull.branch}"), self.tip("refs/heads/main")
                pull.head = head
                self.repository.git("update-ref", f"refs/pull/{pull.number}/head", head)
                merged = self._merge_commit(base, head, f"Merge {head} into {base}")
                if merged:
                    self.repository.git("update-ref", f"refs/pull/{pull.number}/merge", merged)
                else:
                    self.repository.git("update-ref", "-d", f"refs/pull/{pull.number}/merge")

    def merge(self, number: int) -> str:
        """Merge a pull request into main, or say as GitHub does why not."""
        pull = self.pull(number)
        head, base = self.tip(f"refs/pull/{number}/head"), self.tip("refs/heads/main")
        states = {status["context"]: status["state"] for status in self.statuses.get(head, ())}
        for context in sorted(self.required):
            if context not in states:
                raise ForgeError(405, f'Required status check "{context}" is expected.')
            if states[context] != "success":
                raise ForgeError(405, f'Required status check "{context}" is failing.')
        merged = self._merge_commit(base, head, f"Merge pull request #{number} from {pull.branch}\n\n{pull.title}")
        if merged is None:
            raise ForgeError(405, "Pull Request is not mergeable")
        self.repository.git("update-ref", "refs/heads/main", merged, base)
        pull.merged = merged
        self.refresh()
        return merged

    def pull(self, number: int) -> Pull:
        """Return a pull request."""
        try:
            return self.pulls[number]
        except KeyError:
            raise ForgeError(404, "Not Found") from None

    def files(self, number: int) -> list[dict[str, Any]]:
        """Return what a pull request changes, one entry a file."""
        words = {"A": "added", "M": "modified", "D": "removed", "T": "changed"}
        changed = self.repository.git(
            "diff", "--no-renames", "--name-status", f"refs/heads/main...refs/pull/{number}/head"
        )
        pairs = [line.split("\t") for line in changed.splitlines()]
        return [{"filename": path, "status": words[letter], "sha": ""} for letter, path in pairs]

    def _merge_commit(self, base: str, head: str, message: str) -> str | None:
        command = ["git", "-C", str(self.repository.path), "merge-tree", "--write-tree", base, head]
        tried = subprocess.run(command, capture_output=True, text=True, check=False)
        if tried.returncode == 1:
            return None
        assert tried.returncode == 0, tried.stderr
        return self.repository.commit_tree(tried.stdout.strip(), base, head, message=message)
