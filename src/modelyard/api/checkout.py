"""A registry's clone on this machine: its repository, its trees, its DVC cache and remote."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from modelyard.api.repository import Repository
from modelyard.errors import Refused, UsageError
from modelyard.git.references import default_branch, served_branch
from modelyard.snapshot import ROOT, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

    from modelyard.api.publishing import Publisher
    from modelyard.git.location import Location
    from modelyard.proposals.transaction import WorkTreeWriter
    from modelyard.storage.cache import Cache
    from modelyard.storage.dvcconfig import DvcConfig
    from modelyard.storage.remotes import Remote

__all__ = ["Checkout"]


class Checkout(Repository):
    """One work tree that holds a registry, or may become one.

    :ivar publisher: what pushes its proposals and opens requests for them, None where they stay here.
    :raises UsageError: the repository is a bare one.
    """

    publisher: Publisher | None = None

    def __init__(self, location: Location) -> None:
        if location.work_tree is None:
            raise UsageError(f"{location.git_dir} is a bare repository", hint="git clone it, and work in the clone")
        super().__init__(location)
        self.root = location.work_tree

    def work_tree(self, *, scope: str = ROOT) -> Snapshot:
        """Return the registry as the work tree holds it; looking below ``scope`` only is quicker."""
        from modelyard.tree.work import WorkTree

        return Snapshot(WorkTree(self.root, location=self.location, scope=scope))

    def require_registry(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot, where there is a registry in it.

        :raises UsageError: there is none, or it lies in the work tree and in no commit yet.
        """
        if snapshot.exists:
            return snapshot
        if self.work_tree().exists:
            git = self._git()
            raise UsageError(
                "the registry is not committed yet",
                hint=f'{git} add -A && {git} commit -m "Found the model registry"',
            )
        raise UsageError(
            f"there is no registry in {self.root}",
            hint=f"name it with --registry DIR (or --repo), or make one: modelyard init {quote(str(self.root))}",
        )

    def _git(self) -> str:
        """Return how git is called for this checkout from where we stand, as one would paste it."""
        return "git" if Path.cwd().is_relative_to(self.root) else f"git -C {quote(str(self.root))}"

    def publishing(self, tell: Callable[[str], None]) -> Self:
        """Return the same checkout with a publisher.

        :param tell: is told, as a sentence, why and how long we wait for the forge.
        :raises UsageError: the forge of the remote needs a library or a token that is not there.
        """
        from modelyard.api.publishing import Publisher

        checkout = type(self)(self.location)
        checkout.publisher = Publisher(self, tell=tell)
        return checkout

    def git_remote(self) -> str | None:
        """Return the name of the Git remote that branches are pushed to: ``origin``, else the first one, if any."""
        names = self.location.run("remote").decode("utf-8", "surrogateescape").split()
        return "origin" if "origin" in names else next(iter(names), None)

    def branch_to_return_to(self) -> str | None:
        """Return how ``git switch`` names the branch to merge into, once it has left for a new one.

        That is the branch before it or, where none is checked out, the main one; None where there is no likely one.
        """
        if served_branch(self.location):
            return "-"
        reference = default_branch(self.location)
        return reference.removeprefix("refs/heads/") if reference else None

    def default_owners(self) -> tuple[str, ...]:
        """Return who a new model belongs to when nobody is named: the e-mail address Git commits with.

        :raises UsageError: Git knows none.
        """
        listed = self.location.run("config", "--list", "-z").decode("utf-8", "replace").split("\0")
        emails = [line.partition("\n")[2] for line in listed if line.startswith("user.email\n")]
        if not emails:
            raise UsageError("a new model needs an owner, and Git knows no user.email", hint="--owner you@example.org")
        return (emails[-1],)

    @property
    def private(self) -> Path:
        """A directory of our own, on the work tree's file system wherever possible."""
        candidate = self.location.git_dir
        if candidate.stat().st_dev != self.root.stat().st_dev:
            candidate = self.root / ".dvc" / "tmp"
        return candidate / "modelyard"

    def writer(self) -> WorkTreeWriter:
        """Return what writes into the work tree."""
        from modelyard.proposals.transaction import WorkTreeWriter

        return WorkTreeWriter(self.root, self.private)

    @cached_property
    def dvc_config(self) -> DvcConfig:
        """DVC's configuration of this checkout, the local one included."""
        from modelyard.storage import dvcconfig

        return dvcconfig.read(self.root / ".dvc")

    @property
    def cache(self) -> Cache:
        """The DVC cache of this checkout."""
        from modelyard.storage.cache import Cache

        return Cache(self.dvc_config.cache_directory or self.root / ".dvc" / "cache")

    def require_reviewed_remotes(self) -> None:
        """Do nothing where the remotes are those of the main branch, or the user's own edit of them.

        A branch that somebody else proposes does not say where bytes come from, nor who gets this clone's credentials.

        :raises Refused: the commit that is checked out brings others.
        """
        from modelyard.api.expecting import DVC_CONFIG
        from modelyard.git.references import main_line
        from modelyard.tree import CommitTree

        with self.reading() as reader:
            line = main_line(self.location)
            if line == "HEAD" or not (head := reader.head()):
                return
            own, reviewed = (CommitTree(reader, each) for each in (head, reader.commit_id(line)))
            # Where the main branch has none yet, a branch founds the registry.
            if reviewed.id(DVC_CONFIG) in (None, own.id(DVC_CONFIG)):
                return
            if (self.root / DVC_CONFIG).read_bytes() == reviewed.read(DVC_CONFIG):
                return
        branch = (default_branch(self.location) or line).removeprefix("refs/heads/").removeprefix("refs/remotes/")
        raise Refused(
            f"{DVC_CONFIG} of what is checked out is not that of {branch}, which alone says where bytes come from",
            hint=f"git restore --source={quote(branch)} {DVC_CONFIG}",
        )

    def remote(self, name: str | None = None) -> Remote:
        """Return the remote of that name, or the default one.

        :raises UsageError: there is none.
        """
        from modelyard.storage.connect import connect

        return connect(self.dvc_config.remote(name), scratch=self.private)
