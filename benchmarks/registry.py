"""A registry of many valid versions with a history, made by ``git fast-import``.

``python benchmarks/registry.py DIR [VERSIONS]``

Documents differ as they do in life: other models, people, parameters, features, figures and texts; the
same number always gives the same bytes. Versions come in at most 500 commits, with promotions between
them, so that a registry of 100,000 versions is made in minutes too. The branch ``twenty`` registers
twenty versions more, and ``promotion`` brings a model's first version back to staging.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from hashlib import md5, sha256
from pathlib import Path
from random import Random

from documents import CARD, MANIFEST, METADATA, MODEL, POINTER, POLICY, STAGE, TALK, WORDS, sentence

__all__ = [
    "PROMOTION",
    "TWENTY",
    "make_registry",
    "models_of",
    "next_version",
    "promoted_model",
    "version_files",
    "version_of",
]

FIRST_COMMIT = 1767225600
TWENTY, PROMOTION = "twenty", "promotion"
COMMITS = 500
VERSIONS_PER_MODEL = 40


def models_of(versions: int) -> tuple[str, ...]:
    """Return the names of the models of a registry with so many versions."""
    count = max(2, versions // VERSIONS_PER_MODEL)
    names = (f"{what}-{where}" for where in WORDS.places for what in WORDS.models)
    numbered = (
        f"{what}-{where}-r{number}" for number in range(2, 99) for where in WORDS.places for what in WORDS.models
    )
    return tuple(name for name, _ in zip((*names, *numbered), range(count), strict=False))


def version_of(number: int, models: tuple[str, ...]) -> tuple[str, str]:
    """Return name and version of the model version with this number, counted from 0."""
    index = number // len(models)
    return models[number % len(models)], f"{1 + index // 10}.{index % 10}.0"


def promoted_model(versions: int, *, one_by_one: bool = False) -> str:
    """Return the name of a model that is in production, where there are enough versions for one."""
    number = 6 if one_by_one else 7 * -(-versions // COMMITS) % versions
    return version_of(number, models_of(versions))[0]


def next_version(versions: int) -> tuple[str, dict[str, str]]:
    """Return the directory and the files of the version that follows the last one of a registry."""
    models = models_of(versions)
    name, version = version_of(versions, models)
    return f"model_registry/{name}-{version}", version_files(versions, models)


def make_registry(directory: Path, versions: int, *, checkout: bool = True, one_by_one: bool = False) -> Path:
    """Make a clone whose registry holds so many versions, and return it.

    :param checkout: whether its files are written; without it the clone has an index and no work tree.
    :param one_by_one: whether each version is registered by a commit of its own, and three of ten promoted by
        commits of their own: a history of 13,000 commits for 10,000 versions.
    """
    git = ["git", "-C", str(directory)]
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(directory)], check=True)
    with subprocess.Popen([*git, "fast-import", "--quiet"], stdin=subprocess.PIPE) as importing:
        assert importing.stdin
        importing.stdin.writelines(_commits(versions, one_by_one=one_by_one))
    assert importing.returncode == 0
    arrive = ["checkout", "--quiet", "--force", "main"] if checkout else ["read-tree", "main"]
    subprocess.run([*git, *arrive], check=True)
    return directory


def version_files(number: int, models: tuple[str, ...]) -> dict[str, str]:
    """Return the files of the version with this number, by path from the repository's root."""
    name, version = version_of(number, models)
    directory = f"model_registry/{name}-{version}"
    return {f"{directory}/{file}": text for file, text in _documents(name, version, number, models).items()}


def _documents(name: str, version: str, number: int, models: tuple[str, ...]) -> dict[str, str]:
    chance = Random(number)  # noqa: S311 - variety, not secrecy
    content = f"{name} {version}".encode()
    told = {
        "name": name,
        "version": version,
        "commit": sha256(b"commit" + content).hexdigest()[:40],
        "sha256": sha256(content).hexdigest(),
        "md5": md5(content, usedforsecurity=False).hexdigest(),
        "size": chance.randrange(1_000, 90_000_000),
        "rows": chance.randrange(1_000, 9_000_000),
        "day": f"2025-{1 + number % 12:02}-{1 + number % 28:02}T{number % 24:02}:{number % 60:02}:00Z",
        "license": chance.choice(WORDS.licenses),
        "accuracy": round(0.7 + chance.random() * 0.29, 4),
        "model_type": chance.choice(WORDS.types),
        "owner": chance.choice(WORDS.people),
        "parents": _parents(number, models),
        **{key: _lines(chance, words) for key, words in (("tags", WORDS.tags), ("features", WORDS.features))},
        "params": "".join(f"  {key}: {chance.randrange(1, 4000)}\n" for key in chance.sample(WORDS.params, 6)),
        **{key: sentence(chance) for key in TALK},
    }
    metrics = {
        "test": {"accuracy": told["accuracy"], "f1": round(chance.random(), 4), "loss": round(chance.random(), 5)}
    }
    return {
        "metadata.yaml": METADATA.format(**told),
        "MODEL_CARD.md": CARD.format(**told),
        "dataset-manifest.yaml": MANIFEST.format(**told),
        "model.joblib.dvc": POINTER.format(**told),
        "metrics.json": json.dumps(metrics) + "\n",
        ".gitignore": "/model.joblib\n",
    }


def _lines(chance: Random, words: tuple[str, ...]) -> str:
    return "".join(f"  - {word}\n" for word in chance.sample(words, chance.randrange(3, len(words))))


def _parents(number: int, models: tuple[str, ...]) -> str:
    # One version in ten goes back to the version before it.
    if number % 10 or number < len(models):
        return ""
    return "parents:\n  - {}@{}\n".format(*version_of(number - len(models), models))


def _commits(versions: int, *, one_by_one: bool) -> Iterator[bytes]:
    models = models_of(versions)
    files = {"model_registry/registry.yaml": POLICY}
    chance = Random(0)  # noqa: S311
    for name in models:
        files[f"model_registry/models/{name}.yaml"] = MODEL.format(name=name, owner=chance.choice(WORDS.people))
    yield _commit("Found the model registry", 0, files)
    step = 1 if one_by_one else -(-versions // COMMITS)
    for start in range(0, versions, step):
        numbers = range(start, min(start + step, versions))
        yield from _step_by_step(start, models) if one_by_one else _registrations(start, numbers, models)
    added: dict[str, str] = {}
    for number in range(versions, versions + 20):
        added.update(version_files(number, models))
    yield _commit("Register twenty versions", versions + 1, added, branch=TWENTY, parent="refs/heads/main")
    back = {f"model_registry/stages/staging/{promoted_model(versions)}.yaml": STAGE.format(version="1.0.0")}
    yield _commit("Promote to staging", versions + 1, back, branch=PROMOTION, parent="refs/heads/main")


def _registrations(start: int, numbers: range, models: tuple[str, ...]) -> Iterator[bytes]:
    files: dict[str, str] = {}
    for number in numbers:
        files.update(version_files(number, models))
    yield _commit(f"Register {len(numbers)} versions", start + 1, files)
    if start // len(numbers) % 4 == 3:
        yield from _promotions(start + 1, list(numbers), models, ("staging",))
    if start // len(numbers) % 8 == 7:
        yield from _promotions(start + 1, list(numbers), models, ("production",))


def _step_by_step(number: int, models: tuple[str, ...]) -> Iterator[bytes]:
    yield _commit("Register a version", number + 1, version_files(number, models))
    if number % 10 in (3, 6):
        yield from _promotions(number + 1, [number], models, ("staging",))
    if number % 10 == 9:
        yield from _promotions(number + 1, [number - 3], models, ("production",))


def _promotions(moment: int, numbers: list[int], models: tuple[str, ...], stages: tuple[str, ...]) -> Iterator[bytes]:
    named = [version_of(number, models) for number in numbers]
    files = {
        f"model_registry/stages/{stage}/{name}.yaml": STAGE.format(version=version)
        for stage in stages
        for name, version in named
    }
    yield _commit(f"Promote to {', '.join(stages)}", moment, files)


def _commit(message: str, moment: int, files: dict[str, str], *, branch: str = "main", parent: str = "") -> bytes:
    who = f"The maintainers <maintainers@example.org> {FIRST_COMMIT + 60 * moment} +0000"
    head = f"commit refs/heads/{branch}\ncommitter {who}\ndata {len(message.encode())}\n{message}\n"
    head += f"from {parent}\n" if parent else ""
    return head.encode() + b"".join(_file(path, text.encode()) for path, text in files.items()) + b"\n"


def _file(path: str, content: bytes) -> bytes:
    return b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content)


if __name__ == "__main__":
    made = make_registry(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
    print(f"made {made}")
