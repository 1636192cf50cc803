"""The registry, as a program sees it."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelyard.api.model_version import ModelVersion
from modelyard.api.origin import CloneOrigin, open_origin
from modelyard.api.waiting import resolve_committed
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from modelyard.api.changing import Proposed
    from modelyard.api.checkout import Checkout
    from modelyard.api.comparing import Contrast, Leaderboard
    from modelyard.api.deciding import Decision
    from modelyard.api.mending import Repair
    from modelyard.api.protecting import Guarded
    from modelyard.api.showing import ShownVersion
    from modelyard.codeowners import CodeOwners
    from modelyard.evaluate.ranking import Ranked
    from modelyard.history.event import Event
    from modelyard.history.figures import Figures
    from modelyard.history.placed import Placed
    from modelyard.names import VersionId
    from modelyard.review.review import Review
    from modelyard.rules.judgement import Judgement
    from modelyard.snapshot import Snapshot

__all__ = ["Registry"]

# What `register` takes by names of its own, or by the same ones.
_STATED = frozenset(
    ("name", "artifact", "files", "dataset", "license", "metrics", "card", "rows", "source_directory", "owners")
)


class Registry:
    """A registry in a clone on this machine, or at the address of a Git repository.

    Reading answers from one commit: the last one of the clone, or that of the default branch.

    >>> registry = Registry("https://git.example.org/models.git")  # doctest: +SKIP
    >>> model = registry["fraud@production"].load()  # doctest: +SKIP

    :param where: a directory inside the clone, or a URL.
    :param as_of: a day, a time or a commit: the registry as it was then, to be read only.
    :raises UsageError: the directory is in no Git repository, or there was no registry then.
    """

    def __init__(self, where: str | os.PathLike[str] = ".", *, as_of: str | None = None) -> None:
        self._origin = open_origin(where, as_of=as_of)
        self._tell: Callable[[str], None] | None = None

    def publishing(self, tell: Callable[[str], None] | None = None) -> Registry:
        """Return the same registry, of which every change goes to a branch that is pushed, with a pull request.

        Token and library of the forge are looked for when a change is asked for; see
        :class:`modelyard.api.publishing.Publisher`. A change that is asked for twice is opened once.

        :param tell: is told, as a sentence, why and how long we wait for the forge; where it is None, nobody is.
        """
        registry = copy(self)
        registry._tell = tell or (lambda _sentence: None)  # noqa: SLF001 - one of our own kind
        return registry

    @classmethod
    def init(cls, directory: str | os.PathLike[str] = ".", *, remote: str | None = None) -> Registry:
        """Make a directory a registry, and return it; see :func:`modelyard.api.founding.found_registry`.

        :param remote: URL of the DVC remote; a directory beside the repository without it.
        """
        from modelyard.api.founding import found_registry

        return cls(found_registry(Path(directory), remote=remote).root)

    @property
    def is_clone(self) -> bool:
        """Whether this is a clone that can be written to, and not an address that is only read."""
        return isinstance(self._origin, CloneOrigin)

    def __getitem__(self, reference: str) -> ModelVersion:
        """Return the version that a reference means.

        :raises UsageError: it means nothing here.
        :raises InvalidName: it is no reference.
        """
        with self._origin.reading() as snapshot:
            return self._version(snapshot, resolve_committed(reference, self._origin, snapshot))

    def resolve(self, reference: str) -> VersionId:
        """Return the id of the version that a reference means; see :func:`modelyard.resolve.resolve`."""
        with self._origin.reading() as snapshot:
            return resolve_committed(reference, self._origin, snapshot)

    def compare(
        self, *references: str, only: Sequence[str] = (), margins: Mapping[str, float] | None = None
    ) -> tuple[Contrast, ...]:
        """Hold each version after the first one against the first; see :func:`modelyard.api.comparing.compare_all`.

        :param only: full names of metrics; empty for all.
        :param margins: by metric, the difference that does not matter.
        :raises UsageError: a reference means nothing, or no version has one of the metrics.
        """
        from modelyard.api.comparing import compare_all

        return compare_all(self._origin, references, only=only, margins=margins)

    def leaderboard(self, name: str, *, by: str = "score") -> Leaderboard:
        """Rank the versions of a model by the policy's score or a metric.

        :raises UsageError: there is no such model, the policy makes no scores, or no version has the metric.
        """
        from modelyard.api.comparing import leaderboard

        return leaderboard(self._origin, name, by=by)

    def best(self, name: str, *, by: str = "score") -> Ranked:
        """Return the version that stands first in the leaderboard.

        :raises UsageError: as for :meth:`leaderboard`, or no version takes part in it.
        """
        from modelyard.api.comparing import best_version

        return best_version(self._origin, name, by=by)

    def versions(self, name: str | None = None) -> tuple[ModelVersion, ...]:
        """Return all versions, or those of one model, oldest first.

        :raises Refused: the metadata of one has faults.
        """
        with self._origin.reading() as snapshot:
            ids = [each for each in snapshot.version_ids if name in (None, each.name)]
            snapshot.prefetch(ids)
            return tuple(self._version(snapshot, each) for each in ids)

    def register(  # noqa: PLR0913 - one argument for each thing that a registration states
        self,
        name: str,
        *,
        dataset: str | os.PathLike[str],
        license: str,  # noqa: A002 - the field's own name
        model: object = None,
        preprocessor: object = None,
        artifact: str | os.PathLike[str] | None = None,
        files: Mapping[str, str | os.PathLike[str]] | None = None,
        metrics: Mapping[str, Any] | str | os.PathLike[str] | None = None,
        card: str | os.PathLike[str] | None = None,
        n: int | None = None,
        source_directory: str | os.PathLike[str] | None = None,
        owners: Sequence[str] = (),
        **options: Any,
    ) -> VersionId:
        """Register a model version; either as objects, which are written by joblib, or as files.

        :param model: the model as an object; ``artifact`` names a file or a directory instead.
        :param preprocessor: an object that is stored beside the model, with the role ``preprocessor``.
        :param files: further files, by role.
        :param metrics: numbers by name, or the path of a file that holds them.
        :param card: the model card; ``MODEL_CARD.md`` beside the artifact otherwise, or in the source
            directory when objects are given.
        :param n: number of rows that the test metrics were measured on.
        :param source_directory: where the training repository is looked for; the current directory
            when objects are given, else around the artifact.
        :param options: any other field of :class:`modelyard.api.request.RegisterRequest`.
        :raises ModelyardError: as for the command; nothing was written then.
        :raises GateRefused: the gate refuses it; ``judgement`` of the error says why.
        :raises TypeError: there is no such option.
        """
        from modelyard.api.registering import register_version
        from modelyard.api.request import RegisterRequest

        _require_known(options)
        if (model is None) == (artifact is None):
            raise UsageError("either a model or an artifact must be given", hint="register(..., model=pipeline)")
        checkout = self._checkout()
        with _written(model, preprocessor) as written:
            paths = [(role, Path(path)) for role, path in (files or {}).items()]
            paths += [(role, path) for role, path in written.items() if role != "model"]
            inside = source_directory if artifact is not None or source_directory else Path.cwd()
            if card is None and artifact is None and inside is not None:
                card = Path(inside) / "MODEL_CARD.md"
            request = RegisterRequest(
                name=name,
                artifact=written["model"] if artifact is None else Path(artifact),
                files=paths,
                dataset=str(dataset),
                license=license,
                metrics=metrics or {},
                card=Path(card) if card is not None else None,
                rows=n,
                source_directory=Path(inside) if inside is not None else None,
                owners=owners or checkout.default_owners(),
                **options,
            )
            return register_version(checkout, request).version_id

    def review(self, *, base: str = "auto", head: str = "HEAD") -> Review:
        """Judge a change of the clone, and tell what it does and what there is to hold it against.

        :param base: a revision, or ``auto`` for the commit that the change starts from.
        :raises UsageError: a revision is not one.
        :raises NotFinished: the base is not in the clone.
        """
        from modelyard.api.reviewing import review_change

        return review_change(self._checkout().root, base=base, head=head)

    def decision(self, reference: str, *, head: str = "HEAD") -> Decision:
        """Return what a model in a stage, ``name@stage``, was decided on, computed again from the same commits.

        :param head: a revision; the history that ends there is read.
        :raises UsageError: the reference names no stage, or the model is not in it.
        """
        from modelyard.api.deciding import find_decision

        return find_decision(self._checkout(), reference, head=head)

    def promote(
        self,
        *versions: str,
        to: str,
        all_in: str | None = None,
        traffic: Mapping[str, int] | None = None,
        reason: str | None = None,
        release_hold: bool = False,
        if_better: bool = False,
        branch: str | None = None,
        dry_run: bool = False,
    ) -> Proposed:
        """Put versions into a stage in one change, once its gate has passed.

        :param versions: references such as ``fraud@1.2.0``, also with a pattern for a name: ``fraud-*@staging``.
        :param all_in: a stage all of whose models are meant; ``versions`` are then names that narrow them.
        :param traffic: percent by version; what the others leave is for the version promoted.
        :param release_hold: whether a version that the stage holds back is let in again.
        :param if_better: whether only those are meant that are shown to be better than what the stage has now; where
            none is, or the gate refuses it, nothing is written and the answer has no deeds.
        :param branch: a new branch for one commit, ``""`` for one of the usual name, ``HEAD`` for a commit on the
            branch that is checked out; the work tree alone without it.
        :param dry_run: whether to plan and judge, and write nothing.
        :raises Refused: the gate refuses it; nothing was written.
        """
        from modelyard.api.promoting import Wish, promote_versions

        wish = Wish(
            words=versions,
            to=to,
            all_in=all_in,
            reason=reason,
            traffic=traffic or {},
            release_hold=release_hold,
            if_better=if_better,
        )
        return promote_versions(self._checkout(), wish, branch=branch, dry_run=dry_run)

    def rollback(
        self,
        *names: str,
        stage: str,
        reason: str,
        to: str | None = None,
        hold: bool = True,
        branch: str | None = None,
        dry_run: bool = False,
    ) -> Proposed:
        """Let a stage return to the version of a model that served before, or to a named one that once did.

        :param names: models, or patterns of names, which mean those in the stage; all in one change.
        :param hold: whether what is rolled back is held, so that nobody promotes it again by accident.
        :param branch: as for :meth:`promote`, and so is ``dry_run``.
        :raises Refused: nothing served before, or the gate refuses what did.
        :raises NotFinished: the version's bytes are not to be had.
        """
        from modelyard.api.stepping_back import roll_back_stage
        from modelyard.lifecycle.rollback import RollbackRequest
        from modelyard.names import Version

        version = Version.parse(to) if to is not None else None
        return roll_back_stage(
            self._checkout(),
            names,
            lambda name: RollbackRequest(name=name, stage=stage, reason=reason, to=version, hold=hold),
            stage=stage,
            branch=branch,
            dry_run=dry_run,
        )

    def demote(
        self,
        *names: str,
        stage: str,
        to: str | None = None,
        reason: str | None = None,
        forget_holds: bool = False,
        branch: str | None = None,
        dry_run: bool = False,
    ) -> Proposed:
        """Take models out of a stage, or let the stage mean another version of one.

        :param names: as for :meth:`rollback`.
        :param forget_holds: whether a model may leave a stage that holds versions of it back.
        :param branch: as for :meth:`promote`, and so is ``dry_run``.
        :raises Refused: a model is not in the stage, or the gate refuses the version.
        """
        from modelyard.api.stepping_back import demote_models
        from modelyard.lifecycle.demote import DemotionRequest
        from modelyard.names import Version

        version = Version.parse(to) if to is not None else None
        return demote_models(
            self._checkout(),
            names,
            lambda name: DemotionRequest(name=name, stage=stage, to=version, reason=reason, forget_holds=forget_holds),
            stage=stage,
            branch=branch,
            dry_run=dry_run,
        )

    def yank(
        self, *versions: str, reason: str, undo: bool = False, branch: str | None = None, dry_run: bool = False
    ) -> Proposed:
        """Let nobody choose versions, ``name@version``, any more; or let them be chosen again.

        :param branch: as for :meth:`promote`, and so is ``dry_run``.
        :raises Refused: a stage serves one, or there is nothing to undo.
        """
        from modelyard.api.describing import yank_versions
        from modelyard.names import VersionId

        version_ids = tuple(map(VersionId.parse, versions))
        return yank_versions(self._checkout(), version_ids, reason=reason, undo=undo, branch=branch, dry_run=dry_run)

    def deprecate(
        self,
        *names: str,
        reason: str,
        replacement: str | None = None,
        undo: bool = False,
        branch: str | None = None,
        dry_run: bool = False,
    ) -> Proposed:
        """Say that models should no longer be chosen, and what to use instead; or take that back.

        :param names: models, or patterns of names; all in one change.
        :param branch: as for :meth:`promote`, and so is ``dry_run``.
        :raises Refused: one says so already, or there is nothing to undo.
        """
        from modelyard.api.describing import deprecate_models
        from modelyard.names import parse_model_name

        return deprecate_models(
            self._checkout(),
            names,
            reason=reason,
            replacement=parse_model_name(replacement) if replacement is not None else None,
            undo=undo,
            branch=branch,
            dry_run=dry_run,
        )

    def retire(self, *versions: str, reason: str, branch: str | None = None, dry_run: bool = False) -> Proposed:
        """Take versions, ``name@version``, out of the registry for good; tombstones and their figures stay.

        :param branch: as for :meth:`promote`, and so is ``dry_run``.
        :raises Refused: a stage serves one, the policy keeps one, or a version that stays was made from one.
        """
        from modelyard.api.retiring import retire_versions
        from modelyard.names import VersionId

        version_ids = tuple(map(VersionId.parse, versions))
        return retire_versions(self._checkout(), version_ids, reason, branch=branch, dry_run=dry_run)

    def retire_by_policy(
        self, *names: str, reason: str | None = None, branch: str | None = None, dry_run: bool = True
    ) -> Proposed:
        """Retire what the policy's ``retention`` lets go of all models, or of those that the names say.

        :param names: names, or patterns of names.
        :param branch: as for :meth:`promote`.
        :param dry_run: whether to plan only; it has to be turned off to write.
        """
        from modelyard.api.retiring import BEYOND_POLICY, retire_by_policy

        return retire_by_policy(self._checkout(), names, reason or BEYOND_POLICY, branch=branch, dry_run=dry_run)

    def transfer(
        self,
        *names: str,
        to: Sequence[str],
        reason: str | None = None,
        branch: str | None = None,
        dry_run: bool = False,
    ) -> Proposed:
        """Give models other owners, in the place of those that they have.

        :param names: as for :meth:`deprecate`.
        :param branch: as for :meth:`promote`, and so is ``dry_run``.
        :raises Refused: these are the owners of one already.
        """
        from modelyard.api.describing import transfer_models

        return transfer_models(self._checkout(), names, to, reason=reason, branch=branch, dry_run=dry_run)

    def code_owners(self, file: str | None = None) -> CodeOwners:
        """Return the file of code owners of the last commit, and what the registry wants it to hold.

        :param file: its path; without it the one that has a block, or the first that exists.
        :raises UsageError: the policy is broken, or no forge looks for the file there.
        :raises Refused: the marks in the file are not a pair.
        """
        from modelyard.api.owning import code_owners_of

        return code_owners_of(self._clone("has code owners"), file)

    def write_code_owners(
        self, file: str | None = None, *, branch: str | None = None, dry_run: bool = False
    ) -> Proposed | None:
        """Bring the file of code owners up to date; None where it is.

        :param file: as for :meth:`code_owners`.
        :param branch: as for :meth:`promote`, and so is ``dry_run``.
        """
        from modelyard.api.owning import code_owners_of, write_code_owners

        owners = code_owners_of(self._clone("has code owners"), file)
        return write_code_owners(self._checkout(), owners, branch=branch, dry_run=dry_run) if owners.stale else None

    def check_protection(self, *, gate: str | None = None, branch: str | None = None) -> Guarded:
        """Ask the forge how it protects a branch, and return what of that the policy needs and is missing.

        :param gate: the name of the check that runs the gate; without it that of the workflow that :meth:`init` writes.
        :param branch: the branch; without it the one that the forge merges into by default.
        :raises UsageError: there is no forge behind the remote, or no token or library for it.
        :raises NotFinished: the forge cannot be reached, or does not let the token see anything.
        """
        from modelyard.api.protecting import GATE, check_protection

        return check_protection(
            self._clone("has a forge"), gate=gate or GATE, branch=branch, tell=self._tell or (lambda _sentence: None)
        )

    def show(self, reference: str) -> ShownVersion:
        """Return all that the registry says about the version that a reference means."""
        from modelyard.api.showing import show_version

        return show_version(self._origin, reference)

    def history(self, name: str | None = None, *, stage: str | None = None) -> tuple[Event, ...]:
        """Return what happened on the main branch, newest first; see :class:`modelyard.history.Event`.

        >>> registry.history("fraud", stage="production")[0].author  # doctest: +SKIP

        :param name: only what happened to this model, and ``stage`` only what happened in this stage.
        :raises UsageError: nothing of that kind happened.
        :raises NotFinished: the clone's history is cut off.
        """
        from modelyard.api.chronicle import read_history

        return read_history(self._clone(), name=name, stage=stage, head=self._commit)

    def blame(self, what: str) -> tuple[Placed, ...]:
        """Return where versions of a model are, and the events that put them there.

        :param what: ``fraud`` for all stages, ``fraud@production`` for one, ``fraud@1.2.0`` for one version.
        :raises UsageError: nothing of that is in a stage.
        """
        from modelyard.api.chronicle import blame

        return blame(self._clone(), what, head=self._commit)[0]

    def stats(self) -> Figures:
        """Return how many, how large, how old, how often, and how long it takes, on the main branch.

        :raises UsageError: there is no registry, or this is none of the present.
        """
        from modelyard.api.counting import count_registry

        return count_registry(self._checkout())

    def fix(self, directory: str | os.PathLike[str], *, write: bool = False) -> Repair:
        """Return what can be computed for a version directory made by hand, and write it if asked to."""
        from modelyard.api.mending import plan_repair, write_repair

        checkout = self._checkout()
        repair = plan_repair(checkout, Path(directory))
        if write:
            write_repair(checkout, repair)
        return repair

    def validate(self, *paths: str | os.PathLike[str]) -> Judgement:
        """Judge what lies in the work tree: everything, or what the paths name."""
        from modelyard.api.validating import validate_paths

        return validate_paths([Path(path) for path in paths], start=self._checkout().root)

    def _checkout(self) -> Checkout:
        if not isinstance(self._origin, CloneOrigin):
            raise UsageError("only a clone can be written to", hint="git clone the registry, and name the clone")
        if self._origin.commit:
            raise UsageError("what was cannot be written to", hint="open the registry without as_of")
        return self._origin.checkout.publishing(self._tell) if self._tell else self._origin.checkout

    def _clone(self, what: str = "has a past") -> Checkout:
        if not isinstance(self._origin, CloneOrigin):
            raise UsageError(f"only a clone {what}", hint="git clone the registry, and name the clone")
        return self._origin.checkout

    @property
    def _commit(self) -> str | None:
        return self._origin.commit if isinstance(self._origin, CloneOrigin) else None

    def _version(self, snapshot: Snapshot, version_id: VersionId) -> ModelVersion:
        directory = snapshot.version(version_id)
        metadata = directory.require_metadata()
        metrics = directory.metrics.value if directory.metrics else None
        return ModelVersion(
            version_id,
            origin=self._origin,
            commit=snapshot.tree.commit,
            metadata=metadata,
            metrics=metrics.values if metrics else {},
        )


@contextmanager
def _written(model: object, preprocessor: object) -> Iterator[dict[str, Path]]:
    """Write objects into a directory that is gone afterwards, and give their paths by role."""
    objects = {"model": model, "preprocessor": preprocessor}
    with tempfile.TemporaryDirectory(prefix="modelyard-") as directory:
        paths = {role: Path(directory) / f"{role}.joblib" for role, each in objects.items() if each is not None}
        if paths:
            import joblib

            for role, path in paths.items():
                _dump(joblib, objects[role], role, path)
        yield paths


def _dump(joblib: Any, value: object, role: str, path: Path) -> None:
    try:
        joblib.dump(value, path)
    except OSError:
        raise
    except Exception as error:
        instead = "artifact=PATH" if role == "model" else f"files={{{role!r}: PATH}}"
        raise UsageError(
            f"the {role} cannot be written by joblib: {error}",
            hint=f"write it in its library's own format, and pass {instead}",
        ) from error


def _require_known(options: Mapping[str, Any]) -> None:
    from modelyard.api.request import RegisterRequest

    known = set(RegisterRequest.__annotations__) - _STATED
    if unknown := sorted(options.keys() - known):
        raise TypeError(
            f"Registry.register() has no option {', '.join(unknown)}; "
            f"its further options are {', '.join(sorted(known))}"
        )
