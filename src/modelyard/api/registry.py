"""The registry, as a program sees it."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelyard.api.model_version import ModelVersion
from modelyard.api.origin import CloneOrigin, open_origin
from modelyard.api.waiting import resolve_committed
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    from modelyard.api.checkout import Checkout
    from modelyard.api.comparing import Compared
    from modelyard.api.mending import Repair
    from modelyard.api.promoting import Promoted
    from modelyard.api.showing import ShownVersion
    from modelyard.evaluate.ranking import Ranking
    from modelyard.names import VersionId
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
    :raises UsageError: the directory is in no Git repository.
    """

    def __init__(self, where: str | os.PathLike[str] = ".") -> None:
        self._origin = open_origin(where)

    @classmethod
    def init(cls, directory: str | os.PathLike[str] = ".", *, remote: str | None = None) -> Registry:
        """Make a directory a registry, and return it; see :func:`modelyard.api.founding.found_registry`.

        :param remote: URL of the DVC remote; a directory beside the repository without it.
        """
        from modelyard.api.founding import found_registry

        return cls(found_registry(Path(directory), remote=remote).root)

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

    def promote(self, version: str, *, to: str, reason: str | None = None, branch: str | None = None) -> Promoted:
        """Put a version, ``name@version``, into a stage once its gate has passed.

        :raises Refused: the gate refuses it; nothing was written.
        """
        from modelyard.api.promoting import promote_version
        from modelyard.names import VersionId

        return promote_version(self._checkout(), VersionId.parse(version), to, reason=reason, branch=branch)

    def show(self, reference: str) -> ShownVersion:
        """Return all that the registry says about the version that a reference means."""
        from modelyard.api.showing import show_version

        return show_version(self._origin, reference)

    def compare(self, *references: str, split: str | None = None) -> Compared:
        """Hold versions against the first that is named; see :func:`modelyard.api.comparing.compare_references`."""
        from modelyard.api.comparing import compare_references

        return compare_references(self._origin, references, split=split)

    def best(self, name: str, *, by: str = "score", split: str | None = None) -> ModelVersion:
        """Return the version of a model that stands first by the policy's score, or by a metric.

        :raises UsageError: there is no such model, nothing to rank it by, or no version that can be ranked.
        """
        from modelyard.api.comparing import best_version

        return self[str(best_version(self._origin, name, by=by, split=split).version_id)]

    def leaderboard(self, name: str, *, by: str = "score", split: str | None = None) -> Ranking:
        """Return the versions of a model, best first, and why others have no place.

        :raises UsageError: there is no such model, or nothing to rank it by.
        """
        from modelyard.api.comparing import rank_versions

        return rank_versions(self._origin, name, by=by, split=split)

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
        return self._origin.checkout

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
