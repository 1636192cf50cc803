"""A registry of many valid versions with a history, made by ``git fast-import`` in a second.

``python benchmarks/registry.py DIR [VERSIONS]``
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from hashlib import md5, sha256
from pathlib import Path

__all__ = ["MODELS", "make_registry", "version_of"]

MODELS = ("churn", "fraud", "ranking", "spam")
FIRST_COMMIT = 1767225600
COMMIT = "0123456789abcdef0123456789abcdef01234567"

METADATA = """\
schema_version: 1
name: {name}
version: {version}
description: Tells one kind of row from another, for measurements of speed.
source:
  repo: https://git.example.org/training.git
  commit: {commit}
dataset_manifest: dataset-manifest.yaml
training_hash: git:{commit}
license: MIT
artifact: model.joblib
files:
  model.joblib:
    sha256: {sha256}
    size: {size}
    role: model
    format: joblib
created_at: '2026-01-01T12:00:00Z'
framework:
  name: scikit-learn
  version: 1.5.0
params:
  C: {penalty}
  solver: lbfgs
feature_names: [amount, hour, country]
evaluation:
  test:
    n: 1000
"""
CARD = """\
---
license: MIT
---

# {name}

Tells one kind of row from another, for measurements of speed.

## Model description

A logistic regression on three columns.

## Intended use

Being read by benchmarks.

## Limitations

There are no bytes behind its pointer.

## Dataset sources

None: the rows were made up.

## Evaluation metrics

Accuracy on 1000 rows.

## License

MIT.

## Contact

maintainers@example.org
"""
MANIFEST = """\
schema_version: 1
name: rows
description: Rows that were made up.
files:
  - path: rows.csv
    sha256: {sha256}
    size: 100
    rows: 1000
"""
POINTER = """\
outs:
- md5: {md5}
  size: {size}
  hash: md5
  path: model.joblib
"""
MODEL = "schema_version: 1\nname: {name}\nowners:\n  - maintainers@example.org\n"
STAGE = "schema_version: 1\nversion: {version}\n"
POLICY = "schema_version: 1\nstages:\n  - name: staging\n  - name: production\n"


def version_of(number: int) -> tuple[str, str]:
    """Return name and version of the model version with this number, counted from 0."""
    index = number // len(MODELS)
    return MODELS[number % len(MODELS)], f"{1 + index // 10}.{index % 10}.0"


def make_registry(directory: Path, versions: int) -> Path:
    """Make a clone whose registry holds so many versions, one commit each, and return it."""
    git = ["git", "-C", str(directory)]
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(directory)], check=True)
    stream = b"".join(_commits(versions))
    subprocess.run([*git, "fast-import", "--quiet"], input=stream, check=True)
    subprocess.run([*git, "checkout", "--quiet", "--force", "main"], check=True)
    return directory


def _commits(versions: int) -> Iterator[bytes]:
    files = {"model_registry/registry.yaml": POLICY}
    files.update((f"model_registry/models/{name}.yaml", MODEL.format(name=name)) for name in MODELS)
    yield _commit("Found the model registry", 0, files)
    for number in range(versions):
        name, version = version_of(number)
        yield _commit(f"Register {name}@{version}", number + 1, _version_files(name, version, number))
    last = dict(version_of(number) for number in range(versions))
    stages = {f"model_registry/stages/staging/{name}.yaml": STAGE.format(version=last[name]) for name in last}
    yield _commit("Promote the newest to staging", versions + 1, stages)


def _version_files(name: str, version: str, number: int) -> dict[str, str]:
    content = f"{name} {version}".encode()
    digests = {"sha256": sha256(content).hexdigest(), "md5": md5(content, usedforsecurity=False).hexdigest()}
    told = {"name": name, "version": version, "commit": COMMIT, "size": 1000 + number, "penalty": 1 + number, **digests}
    documents = {
        "metadata.yaml": METADATA,
        "MODEL_CARD.md": CARD,
        "dataset-manifest.yaml": MANIFEST,
        "model.joblib.dvc": POINTER,
    }
    files = {f"model_registry/{name}-{version}/{file}": text.format(**told) for file, text in documents.items()}
    metrics = {"test": {"accuracy": 0.8 + number % 100 / 1000}}
    files[f"model_registry/{name}-{version}/metrics.json"] = json.dumps(metrics) + "\n"
    files[f"model_registry/{name}-{version}/.gitignore"] = "/model.joblib\n"
    return files


def _commit(message: str, number: int, files: dict[str, str]) -> bytes:
    who = f"The maintainers <maintainers@example.org> {FIRST_COMMIT + 60 * number} +0000"
    head = f"commit refs/heads/main\ncommitter {who}\ndata {len(message.encode())}\n{message}\n".encode()
    return head + b"".join(_file(path, text.encode()) for path, text in files.items()) + b"\n"


def _file(path: str, content: bytes) -> bytes:
    return b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content)


if __name__ == "__main__":
    made = make_registry(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
    print(f"made {made}")
