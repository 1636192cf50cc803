"""Which remotes there are: by settings that were reviewed, and what this clone adds to them.

Whoever names a remote has bytes taken from it, and credentials sent to it. So a branch under review, or what a commit
brings into a clone, is never asked: a change gets the remotes of its base, a clone those of its main branch. What is
the clone's own is laid over them: ``.dvc/config.local``, where it is no file of a commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.dvc_files import DVC_CONFIG, DVC_LOCAL_CONFIG
from modelyard.errors import NotFinished, UsageError
from modelyard.git.references import default_branch, main_line
from modelyard.storage import dvcconfig
from modelyard.tree import CommitTree

if TYPE_CHECKING:
    from modelyard.api.checkout import Checkout
    from modelyard.storage.dvcconfig import DvcConfig, RemoteSettings
    from modelyard.tree import Tree

__all__ = ["remote_of_base", "remote_of_clone"]


def remote_of_base(checkout: Checkout, name: str | None, *, head: Tree, base: Tree) -> RemoteSettings:
    """Return the remote of that name, or the default one, for a change that is judged or tried.

    The clone's own settings may add credentials to it, and not move it.

    :raises NotFinished: the base has no settings.
    :raises UsageError: the base has no such remote.
    """
    data = base.read_many([DVC_CONFIG]).get(DVC_CONFIG)
    if data is None:
        message = f"the base has no {DVC_CONFIG}, and a change does not choose its own remote"
        raise NotFinished(message, hint=f"merge {DVC_CONFIG} first, in a change of its own")
    config = dvcconfig.parse(data, directory=checkout.root / ".dvc", source=f"{DVC_CONFIG} of the base")
    urls = {remote: settings.get("url") for remote, settings in config.remotes.items()}
    added = {
        remote: settings
        for remote, settings in _of_the_clone(checkout, head, base).remotes.items()
        if remote in urls and settings.get("url", urls[remote]) == urls[remote]
    }
    return config.overlaid(dvcconfig.DvcConfig(remotes=added)).remote(name)


def remote_of_clone(checkout: Checkout, name: str | None) -> RemoteSettings:
    """Return the remote of that name, or the default one, for whoever works in a clone.

    Where the commit that is checked out has the settings of the main branch, the user's own edit of them counts, too.

    :raises UsageError: there is no such remote, or only in the commit that is checked out.
    """
    with checkout.reading() as reader:
        line, commit = main_line(checkout.location), reader.head()
        # Without another branch to merge into, what is here is what was reviewed.
        if line == "HEAD" or commit is None:
            return checkout.dvc_config.remote(name)
        head, main = CommitTree(reader, commit), CommitTree(reader, reader.commit_id(line))
        own = _of_the_clone(checkout, head, main)
        # Where the main branch has none yet, a branch founds the registry.
        if main.id(DVC_CONFIG) in (None, head.id(DVC_CONFIG)):
            return dvcconfig.read(checkout.root / ".dvc", local=False).overlaid(own).remote(name)
        data = main.read(DVC_CONFIG)
    branch = (default_branch(checkout.location) or line).removeprefix("refs/heads/").removeprefix("refs/remotes/")
    config = dvcconfig.parse(data, directory=checkout.root / ".dvc", source=f"{DVC_CONFIG} of {branch}").overlaid(own)
    if name and name.lower() not in config.remotes and name.lower() in checkout.dvc_config.remotes:
        raise UsageError(
            f"remote {name!r} is not in {DVC_CONFIG} of {branch}, which alone says where bytes come from",
            hint=f"merge {DVC_CONFIG} first, in a change of its own",
        )
    return config.remote(name)


def _of_the_clone(checkout: Checkout, *commits: Tree) -> DvcConfig:
    """Return what the clone says itself. A file of a commit is not the clone's own, whatever its name."""
    path = checkout.root / DVC_LOCAL_CONFIG
    committed = path.parent.is_symlink() or any(tree.leaf(DVC_LOCAL_CONFIG) for tree in commits)
    if committed or not path.is_file():
        return dvcconfig.DvcConfig()
    return dvcconfig.parse(path.read_bytes(), directory=path.parent, source=str(path))
