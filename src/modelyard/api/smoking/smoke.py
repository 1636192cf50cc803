"""A smoke test: whether a version loads, and answers what its metadata says that it answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from modelyard.api.smoking.confinement import Limits, can_isolate, run_confined
from modelyard.documents.smoke import Shape, read_expected, read_input
from modelyard.errors import ModelyardError, NotFinished, Refused, UsageError
from modelyard.evaluate.closeness import Compared, compare_shape, compare_values
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from modelyard.api.model_version import ModelVersion
    from modelyard.documents.metadata import Metadata
    from modelyard.documents.smoke import Expected
    from modelyard.names import VersionId
    from modelyard.version_directory import VersionDirectory

__all__ = ["Smoked", "smoke", "smoke_directory"]

_WORKER = "modelyard.api.smoking.worker"
_ERRORS: dict[int, type[ModelyardError]] = {1: Refused, 2: UsageError}


@dataclass(frozen=True)
class Smoked:
    """What came of a smoke test.

    :param stated: whether the version states one; it was only loaded otherwise.
    :param isolated: whether the process had no network.
    :param compared: how many values were compared.
    :param differences: a sentence for each that differs, or one for what the model could not do.
    """

    id: VersionId
    stated: bool
    isolated: bool
    compared: int = 0
    differences: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the model loads and answers as expected."""
        return not self.differences


def smoke(
    version: ModelVersion,
    *,
    safe: bool = False,
    trusted: Sequence[str] = (),
    limits: Limits | None = None,
    require_isolation: bool = False,
) -> Smoked:
    """Pull a version, load it in a confined process, and hold its answers against those that it states.

    :raises DigestMismatch: bytes are not what was reviewed; nothing was loaded.
    :raises Refused: a file of the smoke test is none; or safe loading was asked for, and the format can run code.
    :raises UsageError: a library is missing, the format is not loaded here, or the input fits no model.
    :raises NotFinished: it took too long or too much memory, or isolation is required and can't be had.
    """
    isolated = _isolated(required=require_isolation)
    version.pull()
    with version.opened() as (directory, place):
        return smoke_directory(directory, place, safe=safe, trusted=trusted, limits=limits, isolated=isolated)


def smoke_directory(
    version: VersionDirectory,
    place: Path,
    *,
    safe: bool = False,
    trusted: Sequence[str] = (),
    limits: Limits | None = None,
    isolated: bool | None = None,
    require_isolation: bool = False,
) -> Smoked:
    """Smoke test a version whose files stand below a directory; see :func:`smoke`.

    :param isolated: whether to take the network away; None where the machine allows it.
    """
    if isolated is None:
        isolated = _isolated(required=require_isolation)
    limits = limits or Limits()
    metadata = version.require_metadata()
    task: dict[str, Any] = {
        "directory": str(place.absolute()),
        "metadata": metadata.opened.to_value(),
        "safe": safe,
        "trusted": list(trusted),
        "memory": limits.memory,
    }
    expected = _expected(version, metadata, task)
    answer = _ask(version.id, task, limits, isolated=isolated)
    stated = expected is not None
    if "failed" in answer:
        return Smoked(version.id, stated, isolated, differences=(answer["failed"],))
    found = _compared(expected, answer["outputs"], metadata) if expected else Compared(0)
    return Smoked(version.id, stated, isolated, found.count, found.differences)


def _isolated(*, required: bool) -> bool:
    if required and not can_isolate():
        raise NotFinished(
            "this machine does not let us take the network from a process, and isolation is required",
            hint="run it where `unshare --user --net true` works, or without --require-isolation",
        )
    return can_isolate()


def _expected(version: VersionDirectory, metadata: Metadata, task: dict[str, Any]) -> Expected | None:
    """Return what is expected, where a smoke test is stated, and put its input into the task."""
    stated = metadata.smoke_test
    if stated is None:
        return None
    expected = read_expected(version.full_path(stated.expected), _content(version, stated.expected))
    task["input"] = read_input(version.full_path(stated.input), _content(version, stated.input))
    task["outputs"] = expected.names
    return expected


def _content(version: VersionDirectory, name: str) -> bytes:
    content = version.content(name)
    if isinstance(content, bytes):
        return content
    reason = "is not there" if content is None else f"cannot be read: {content.message}"
    raise Refused(f"{version.full_path(name)} {reason}", hint=f"modelyard validate {version.path}")


def _ask(version_id: VersionId, task: dict[str, Any], limits: Limits, *, isolated: bool) -> dict[str, Any]:
    ended = run_confined(_WORKER, json.dumps(task).encode(), limits, isolated=isolated)
    try:
        answer = json.loads(ended.answer)
    except ValueError:
        last = ended.complaints.strip().rpartition("\n")[2]
        how = f"signal {-ended.code}" if ended.code < 0 else f"exit code {ended.code}"
        if "MemoryError" in last or "bad_alloc" in last:
            answer = {"memory": "loaded"}
        else:
            return {"failed": f"its process ended with {how}" + (f": {last}" if last else "")}
    if "memory" in answer:
        mib = limits.memory >> 20
        raise NotFinished(
            f"{version_id} cannot be {answer['memory']} in {mib} MiB of memory", hint=f"--memory {2 * mib}M"
        )
    if "refused" in answer:
        told = answer["refused"]
        raise _ERRORS.get(told["code"], NotFinished)(told["message"], hint=told["hint"])
    return answer if isinstance(answer.get("outputs"), dict) or "failed" in answer else {"failed": "it has no answer"}


def _compared(expected: Expected, found: Mapping[str, Any], metadata: Metadata) -> Compared:
    tolerance = (metadata.smoke_test.tolerance if metadata.smoke_test else None) or 0.0
    parts = []
    for name, wanted in expected.outputs.items():
        key = next(iter(found), "") if expected.usual else name
        value = found.get(key)
        if isinstance(wanted, Shape):
            compared = compare_shape(key, wanted.lengths, value)
        else:
            compared = compare_values(key, wanted, value, tolerance)
        parts.append(compared)
    differences = tuple(difference for part in parts for difference in part.differences)
    return Compared(sum(part.count for part in parts), differences)
