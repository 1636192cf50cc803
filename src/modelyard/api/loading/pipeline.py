"""A model together with its preprocessor: the input as it comes, the outputs by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.api.loading.features import arranged
from modelyard.api.loading.files import directory_loader, load_directory, load_file, loader_of
from modelyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from modelyard.api.loading.loader import Ask, Trust
    from modelyard.documents.metadata import Metadata
    from modelyard.documents.metadata_parts import FileRecord

__all__ = ["PREPROCESSOR", "Pipeline", "load_artifact", "load_pipeline"]

PREPROCESSOR = "preprocessor"


class Pipeline:
    """A loaded model and what prepares its input.

    :ivar model: the artifact, as ``version.load()`` gives it.
    :ivar preprocessor: the object of the one file with role ``preprocessor``; None where no file has it.
    """

    def __init__(self, model: Any, preprocessor: Any, *, ask: Ask, names: Sequence[str] = ()) -> None:
        self.model = model
        self.preprocessor = preprocessor
        self._ask = ask
        self._names = names

    def predict(self, given: Any, outputs: Sequence[str] = ()) -> Mapping[str, Any]:
        """Return the model's outputs by name, of the input that its preprocessor has transformed.

        :param given: rows, records (a mapping each), arrays by name, or what the library itself takes.
        :param outputs: which ones, as the library names them: methods of an estimator, outputs of an ONNX model.
        :raises UsageError: the input has other features than the model, or there is no such output.
        """
        first = self.model if self.preprocessor is None else self.preprocessor
        features = arranged(given, first, self._names)
        if self.preprocessor is not None:
            features = self.preprocessor.transform(features)
        return self._ask(self.model, features, outputs)


def load_artifact(directory: Path, artifact: str, files: Mapping[str, FileRecord], trust: Trust) -> tuple[Any, Ask]:
    """Return the artifact of a version whose files stand below a directory, and how it is asked.

    :param artifact: one of the files, or a directory that holds some of them.
    :raises ModelyardError: as :func:`modelyard.api.loading.files.load_file` and ``load_directory`` say.
    """
    path, record = directory / artifact, files.get(artifact)
    if record:
        return load_file(path, record, trust), loader_of(path, record).ask
    inside = f"{artifact}/"
    records = {name.removeprefix(inside): record for name, record in files.items() if name.startswith(inside)}
    return load_directory(path, records, trust), directory_loader(path, records).ask


def load_pipeline(directory: Path, metadata: Metadata, trust: Trust) -> Pipeline:
    """Return the artifact with its preprocessor, from files below a directory.

    :raises UsageError: more than one file has the role, or what it holds transforms nothing.
    :raises ModelyardError: as :func:`load_artifact`.
    """
    names = metadata.files_with_role(PREPROCESSOR)
    if len(names) > 1:
        raise UsageError(
            f"{metadata.id} has {len(names)} files with role '{PREPROCESSOR}', and which comes first nothing says",
            hint="join them to one, such as a scikit-learn Pipeline",
        )
    preprocessor = load_file(directory / names[0], metadata.files[names[0]], trust) if names else None
    if names and not hasattr(preprocessor, "transform"):
        raise UsageError(
            f"{names[0]} has role '{PREPROCESSOR}', and what it holds has no method 'transform'",
            hint=f"load both, and join them yourself: version.load(role='{PREPROCESSOR}')",
        )
    model, ask = load_artifact(directory, metadata.artifact, metadata.files, trust)
    return Pipeline(model, preprocessor, ask=ask, names=_features(metadata))


def _features(metadata: Metadata) -> tuple[str, ...]:
    """Return the names of the features, where the version states more than one input tensor."""
    if metadata.feature_names:
        return metadata.feature_names
    columns = metadata.signature.inputs if metadata.signature else ()
    return tuple(column.name for column in columns) if len(columns) > 1 else ()
