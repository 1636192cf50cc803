"""Registration from a program: of files, or of objects that are written first."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modelyard.api.registry.opened import Opened
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    from modelyard.names import VersionId

__all__ = ["Registration"]

# What `register` takes by names of its own, or by the same ones.
_STATED = frozenset(
    ("name", "artifact", "files", "dataset", "license", "metrics", "card", "rows", "source_directory", "owners")
)


class Registration(Opened):
    """A registry that takes new versions."""

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


@contextmanager
def _written(model: object, preprocessor: object) -> Iterator[dict[str, Path]]:
    """Write objects into a directory that is gone afterwards, and give their paths by role."""
    objects = {"model": model, "preprocessor": preprocessor}
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="modelyard-") as directory:
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
