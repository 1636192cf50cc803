"""A registry's clone on this machine: its repository, its trees, its DVC cache and remote."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from modelyard.api.repository import Repository
from modelyard.errors import UsageError
from modelyard.git.references import default_branch, served_branch
from modelyard.snapshot import ROOT, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

    from modelyard.api.publishing import Publisher
    from modelyard.git.location import Location
    from modelyard.proposals.transaction import WorkTreeWriter
    from modelyard.storage.cache import Cache
    from modelyard.storage.dvcconfig import DvcConfig, RemoteSettings
    from modelyard.storage.remotes import Remote

__all__ = ["Checkout"]


class Checkout(Repository):
    """One work tree that holds a registry, or may become one.

    :ivar publisher: what pushes its proposals and opens requests for them, None where they stay here.
    :ivar base: the commit of a base that names the remotes, None where the main branch does.
    :raises UsageError: the repository is a bare one.
    """

    publisher: Publisher | None = None
    base: str | None = None

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

    def against(self, base: str) -> Self:
        """Return the same checkout with the remotes of a base.

        :param base: the full id of its commit.
        """
        checkout = type(self)(self.location)
        checkout.base = base
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

    def remote_settings(self, name: str | None = None) -> RemoteSettings:
        """Return the settings of the remote of that name, or of the default one, as they were reviewed.

        They are those of the base, where this checkout is tried against one, else of the main branch, with what is the
        clone's own; see :mod:`modelyard.api.remote_settings`.

        :raises UsageError: there is none.
        :raises NotFinished: the base has no settings.
        """
        from modelyard.api.remote_settings import remote_of_base, remote_of_clone

        if self.base is None:
            return remote_of_clone(self, name)
        with self.reading() as reader:
            head, base = self.commit(reader).tree, self.commit(reader, self.base).tree
            return remote_of_base(self, name, head=head, base=base)

    def remote(self, name: str | None = None) -> Remote:
        """Return the remote of that name, or the default one.

        :raises UsageError: there is none.
        :raises NotFinished: the base has no settings.
        """
        from modelyard.storage.connect import connect

        return connect(self.remote_settings(name), scratch=self.private)
