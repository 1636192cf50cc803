"""What `modelyard rules` teaches is true: the bad example of a rule breaks that rule, and the good one does not.

Each example is put where its rule looks: into the metadata, the card or the policy of the valid registry, into a
change of it, or beside the bytes that the example speaks of.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from io import BufferedReader, BytesIO
from typing import TYPE_CHECKING

import pytest

from modelyard.codeowners import END, PLACES, read_code_owners
from modelyard.formats.imports import Imports
from modelyard.formats.keras import layers_of
from modelyard.formats.source import source_of
from modelyard.git.people import Person
from modelyard.names import VersionId
from modelyard.rules.catalogue import RULES, rule_by_code
from modelyard.rules.engine import judge, judge_change
from modelyard.rules.found import FoundBytes, FoundManifest
from modelyard.rules.transition import Maker
from modelyard.snapshot import Snapshot
from modelyard.tree import Kind, MemoryTree
from support.artifacts import zip_bytes
from support.cases import KnownBytes, KnownPast, valid_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = "model_registry/"
VERSION = f"{ROOT}fraud-1.1.0/"
METADATA = f"{VERSION}metadata.yaml"
CARD = f"{VERSION}MODEL_CARD.md"
METRICS = f"{VERSION}metrics.json"
MANIFEST = f"{VERSION}dataset-manifest.yaml"
POINTER = f"{VERSION}model.joblib.dvc"
LOCK = f"{VERSION}dvc.lock"
POLICY = f"{ROOT}registry.yaml"
MODEL = f"{ROOT}models/fraud.yaml"
STAGING = f"{ROOT}stages/staging/fraud.yaml"
PRODUCTION = f"{ROOT}stages/production/fraud.yaml"
MOMENT = datetime(2025, 6, 1, tzinfo=timezone.utc)
FRAUD = VersionId.parse("fraud@1.1.0")
TOP = re.compile(r"^([A-Za-z_\"'-][^:\n]*):", re.MULTILINE)

NOBODY = Maker()

Files = dict[str, bytes]


def told(
    head: Mapping[str, bytes],
    base: Mapping[str, bytes] | None = None,
    *,
    kinds: Mapping[str, Kind] | None = None,
    known: KnownBytes | None = None,
    maker: Maker = NOBODY,
    authors: Mapping[VersionId, tuple[Person, ...]] | None = None,
) -> set[str]:
    """Return the codes of what the gate says, of the registry or of a change."""
    snapshot = Snapshot(MemoryTree(head, kinds=kinds))
    if base is None:
        judgement = judge(snapshot, snapshot.version_ids, artifacts=known, moment=MOMENT)
    else:
        judgement = judge_change(
            Snapshot(MemoryTree(base)),
            snapshot,
            past=KnownPast(known_authors=authors or {}),
            artifacts=known,
            moment=MOMENT,
            maker=maker,
        )
    return {problem.code for problem in judgement.problems}


def merged(path: str, text: str, files: Files | None = None) -> Files:
    """Return the registry with top-level keys of a document written as the text has them, and no other way."""
    files = files or valid_files()
    old = files.get(path, b"").decode()
    for key in TOP.findall(text):
        old = re.sub(rf"^{re.escape(key)}:.*\n(?:[ -].*\n)*", "", old, flags=re.MULTILINE)
    return {**files, path: f"{old}{text}\n".encode()}


def whole(path: str, text: str, files: Files | None = None) -> Files:
    return {**(files or valid_files()), path: f"{text}\n".encode()}


def in_metadata(text: str) -> set[str]:
    return told(merged(METADATA, text))


def with_section(text: str) -> Files:
    """Return the registry with a card whose sections are the text's, where it has such or speaks of them."""
    card = valid_files()[CARD].decode()
    for title in ("Model description", "Limitations", "Contact"):
        if title in text:
            card = re.sub(rf"^## {title}\n(?:(?!## ).*\n)*", "", card, flags=re.MULTILINE)
    spaced = re.sub(r"^(## .*|\*\*.*)$", r"\n\1\n", text, flags=re.MULTILINE)
    return {**valid_files(), CARD: f"{card}\n{spaced}\n".encode()}


def in_card(text: str) -> set[str]:
    return told(with_section(text))


def behind_card(text: str) -> set[str]:
    return told({**valid_files(), CARD: valid_files()[CARD] + f"\n{text}\n".encode()})


def in_front_matter(text: str) -> set[str]:
    card = valid_files()[CARD].decode().replace("license: apache-2.0\n", f"{text}\n")
    files = merged(METADATA, "license: LicenseRef-Acme")
    return told({**files, CARD: card.encode(), f"{VERSION}LICENSE": b"Ask us.\n"})


def in_pointer_and_metadata(text: str) -> set[str]:
    _, pointer, metadata = re.split(r"^# .*\n", text, flags=re.MULTILINE)
    files = valid_files()
    return told({**files, METADATA: swapped(files[METADATA], metadata), POINTER: swapped(files[POINTER], pointer)})


def swapped(data: bytes, line: str) -> bytes:
    """Return a document in which the value of a key, wherever it stands, is another one."""
    key, _, value = line.strip().partition(": ")
    return re.sub(rf"\b{key}: .*", f"{key}: {value}", data.decode(), count=1).encode()


def uncommented(text: str) -> str:
    return "\n".join(re.sub(r"\s+#.*$", "", line) for line in text.splitlines() if not line.startswith("#"))


def named(text: str, base: Files | None = None) -> Files:
    """Return the registry with empty files and folders of the names that the text lists."""
    files = dict(base if base is not None else valid_files())
    for line in uncommented(text).splitlines():
        path = line if line.startswith(("model_registry/", "docs/")) else ROOT + line
        files[path + ("x" if path.endswith("/") else "")] = b""
    return files


def copied(version: str, *, files: Files | None = None, name: str = "fraud") -> Files:
    """Return a registry with a copy of fraud@1.1.0 as another version."""
    files = files or valid_files()
    directory = f"{ROOT}{name}-{version}/"
    return files | {
        path.replace(VERSION, directory): data.replace(b"version: 1.1.0", f"version: {version}".encode()).replace(
            b"name: fraud\n", f"name: {name}\n".encode()
        )
        for path, data in valid_files().items()
        if path.startswith(VERSION)
    }


def versions_named(text: str) -> set[str]:
    files = valid_files()
    for line in text.split():
        files = copied(line.rstrip("/").removeprefix("fraud-"), files=files)
    return told(files)


def as_change(text: str, base: Files | None = None) -> tuple[Files, Files]:
    """Return base and head of a change that is told as Git tells it: a letter and a path."""
    base = base or {**valid_files(), ".dvc/config": b"[core]\n    remote = storage\n"}
    head = dict(base)
    for line in uncommented(text).splitlines():
        letter, path = line.split(maxsplit=1)
        new = re.match(rf"{ROOT}fraud-([0-9.]+)/", path)
        if letter == "D":
            head = {
                name: data for name, data in head.items() if not name.startswith(path.removesuffix("metadata.yaml"))
            }
        elif letter == "T":
            head = {name: data for name, data in head.items() if not name.startswith(path)} | {path: b"x"}
        elif new:
            head = copied(new[1], files=head)
        elif "stages/" in path:
            head[path] = b"schema_version: 1\nversion: 1.1.0\n"
        else:
            head[path] = head.get(path, b"") + b"# changed\n"
    return head, base


def changed(text: str, base: Files | None = None) -> set[str]:
    return told(*as_change(text, base))


TREE = Snapshot(MemoryTree(valid_files())).tree.id(f"{ROOT}fraud-1.0.0")
TOMBSTONE = f"retired: {{1.0.0: {{reason: Older than the retention period., tree: {TREE}}}}}"


def without(prefix: str, files: Files | None = None) -> Files:
    return {path: data for path, data in (files or valid_files()).items() if not path.startswith(prefix)}


def retired(text: str) -> set[str]:
    """Judge a removal of fraud@1.0.0 from no stage, with what the text writes into its model's document."""
    base = without(PRODUCTION)
    head = without(f"{ROOT}fraud-1.0.0/", base)
    if "retired" in text:
        tree = "tree: 4b825dc642cb6eb9a060e54bf8d69288fbee4904"
        head = merged(MODEL, uncommented(text).replace(tree, f"tree: {TREE}"), head)
    return told(head, base)


def after_retirement(text: str) -> set[str]:
    base = merged(MODEL, TOMBSTONE, without(f"{ROOT}fraud-1.0.0/", without(PRODUCTION)))
    return changed(text, base)


def in_stage(text: str, path: str = PRODUCTION, model: str = "") -> set[str]:
    return told(whole(path, uncommented(text), merged(MODEL, model, without(STAGING))))


def skipping(text: str) -> set[str]:
    policy = b"schema_version: 1\nstages: [{name: staging}, {name: production, from: staging}]\n"
    base = without(f"{ROOT}stages/", {**valid_files(), POLICY: policy})
    return changed(text, base)


def gated(text: str) -> set[str]:
    """Judge a promotion of fraud@1.1.0 with these figures to a stage that wants an accuracy of 0.85."""
    figures = "test: {accuracy: 0.86}"
    assert figures in text
    files = without(f"{ROOT}stages/", valid_files())
    files[METRICS] = b'{"test": {"accuracy": 0.86}}'
    files = merged(MANIFEST, "splits: {test: {rows: 20000}}", files)
    counted = re.search(r"^evaluation:.*$", uncommented(text), re.MULTILINE)
    plain = merged(METADATA, "evaluation: {}", files)
    base = merged(METADATA, counted[0], files) if counted else plain
    base[POLICY] = b"schema_version: 1\nstages: [{name: staging, gates: [{metric: accuracy, at_least: 0.85}]}]\n"
    return told({**base, STAGING: b"schema_version: 1\nversion: 1.1.0\n"}, base)


def in_policy(text: str) -> set[str]:
    return told(merged(POLICY, text))


def child_of_what_goes(text: str) -> set[str]:
    base = merged(METADATA, "parents: [fraud@1.0.0]", without(f"{ROOT}stages/"))
    head = merged(MODEL, TOMBSTONE, without(f"{ROOT}fraud-1.0.0/", base))
    if "and fraud-1.1.0" in text:
        tree = Snapshot(MemoryTree(base)).tree.id(f"{ROOT}fraud-1.1.0")
        both = TOMBSTONE.replace("}}", f"}}, 1.1.0: {{reason: Old., tree: {tree}}}}}")
        head = merged(MODEL, both, without(VERSION, head))
    return told(head, base)


def with_signature(text: str) -> set[str]:
    outputs = "outputs: [{name: score, type: float64}]"
    base = merged(METADATA, f"signature: {{inputs: [{{name: amount, type: float64}}], {outputs}}}")
    new = f"{uncommented(text)}\n  {outputs}"
    head = merged(f"{ROOT}fraud-1.2.0/metadata.yaml", new, copied("1.2.0", files=base))
    return told(head, base)


def as_archive(text: str) -> set[str]:
    path = f"{ROOT}archive/fraud.jsonl"
    lines = text.splitlines()
    before = "".join(f"{line[1:]}\n" for line in lines if line[0] in " -")
    after = "".join(f"{line[1:]}\n" for line in lines if line[0] in " +")
    return told({**valid_files(), path: after.encode()}, {**valid_files(), path: before.encode()})


def with_canary(text: str) -> set[str]:
    stages = "stages:\n  - name: canary\n  - name: production\n"
    base = without(STAGING, {**valid_files(), f"{ROOT}stages/canary/fraud.yaml": b"version: 1.1.0\n"})
    head = merged(POLICY, f"{uncommented(text)}\nmetrics: {{confidence: 0.9}}", base)
    return told(head, merged(POLICY, stages, base))


def owned(text: str) -> set[str]:
    actor = re.search(r"made by (\w+)", text)
    assert actor
    base = merged(POLICY, "stages: [{name: staging}, {name: production, owners: [ada]}]")
    head = {**base, PRODUCTION: b"schema_version: 1\nversion: 1.0.0\nreason: again\n"}
    return told(head, base, maker=Maker(actor[1]))


def broken(text: str) -> set[str]:
    base = merged(POLICY, "stages: none")
    return told(merged(POLICY, uncommented(text)) | {"docs/x": b""} | _staged(text), base)


def _staged(text: str) -> Files:
    return {STAGING: b"version: 1.0.0\n"} if "none" in text else {}


def exempting(text: str) -> set[str]:
    return told(merged(POLICY, uncommented(text)))


def at_hand(size: int) -> KnownBytes:
    digests = {
        25: FoundBytes(
            "bc37163fdad158abddde94da7d4a81278dd335e30835584bef83f734ee5dbefe", "a2d5d04c767f0300f5a849af0517910c", 25
        )
    }
    return KnownBytes({f"{VERSION}model.joblib": digests.get(size, FoundBytes("0" * 64, "0" * 32, size))})


def imported(text: str) -> set[str]:
    module, _, name = text.rpartition(".")
    known = KnownBytes(imported={f"{VERSION}model.joblib": Imports((f"{module}:{name}",), None)})
    return told(valid_files(), known=known)


def doubted(text: str) -> set[str]:
    doubt = "another pickle stands behind its end" if "another pickle" in text else None
    return told(valid_files(), known=KnownBytes(imported={f"{VERSION}model.joblib": Imports((), doubt)}))


def built(text: str) -> set[str]:
    """Judge a model of Keras whose configuration is the example."""
    archive = zip_bytes({"config.json": text, "metadata.json": '{"keras_version": "3.9.0"}'})
    layers = layers_of(source_of(BufferedReader(BytesIO(archive)), "model.keras"))
    files = {**valid_files(), METADATA: swapped(valid_files()[METADATA], "format: keras")}
    return told(files, known=KnownBytes(built={f"{VERSION}model.joblib": layers}))


def formatted(text: str) -> set[str]:
    files = {**valid_files(), METADATA: swapped(valid_files()[METADATA], uncommented(text))}
    return told(files, known=KnownBytes(formats={f"{VERSION}model.joblib": "pickle"}))


def listed(text: str) -> set[str]:
    """Judge a directory of weights behind a pointer, and the manifest that the example has for it."""
    oid = "a2d5d04c767f0300f5a849af0517910c.dir"
    record = "sha256: " + "b" * 64 + ", size: 25, role: model, format: other"
    files = merged(METADATA, f"artifact: weights\nfiles: {{weights/a.bin: {{{record}}}}}", without(POINTER))
    files[f"{VERSION}weights.dvc"] = (
        f"outs:\n- md5: {oid}\n  size: 25\n  nfiles: 1\n  hash: md5\n  path: weights\n".encode()
    )
    files[f"{VERSION}.gitignore"] = b"/weights\n"
    relative = re.findall(r'"relpath": "([^"]+)"', text)
    leads_out = next((each for each in relative if ".." in each), None)
    found = FoundManifest(fault=f"{leads_out} leads out") if leads_out else FoundManifest({"a.bin": "c" * 32})
    return told(files, known=KnownBytes(manifests={oid: found}))


def in_pipeline(text: str) -> set[str]:
    stage = text if text.startswith("stages:") else f"stages: {{train: {{{uncommented(text)}}}}}"
    return told(merged(POLICY, "pipelines: {allow: true}", whole(f"{VERSION}dvc.yaml", uncommented(stage))))


def allowed_pipeline(text: str) -> set[str]:
    files = whole(f"{VERSION}dvc.yaml", "stages: {train: {cmd: python train.py}}")
    return told(merged(POLICY, uncommented(text), files) if "pipelines" in text else files)


def locked(text: str) -> set[str]:
    """Judge a lock beside the pointer, each as the example has it."""
    outs = re.findall(r"outs: \[\{(.*)\}\]", text)
    lock = f'schema: "2.0"\nstages: {{train: {{cmd: x, outs: [{{{outs[0]}, hash: md5}}]}}}}'
    return told({**whole(LOCK, lock), f"{VERSION}dvc.yaml": b"stages: {train: {cmd: x, outs: [model.joblib]}}\n"})


def secret_elsewhere(text: str) -> set[str]:
    return told(merged(MODEL, uncommented(text)), valid_files())


def hiding(text: str) -> set[str]:
    licence = text.encode().decode("unicode_escape").encode()
    return told({**valid_files(), f"{VERSION}LICENSE": licence})


def moved_remote(text: str) -> set[str]:
    config = "[core]\n    remote = storage\n['remote \"storage\"']\n    {}\n"
    base = {**valid_files(), ".dvc/config": config.format("url = s3://models/registry").encode()}
    new = {**base, ".dvc/config": config.format(uncommented(text)).encode()}
    return told(copied("1.2.0", files=new) if "in one change" in text else new, base)


def encrypted_by_server(text: str) -> set[str]:
    policy = "storage: {remotes: {storage: {server_side_encryption: aws:kms}}}"
    config = f"[core]\n    remote = storage\n{uncommented(text)}\n"
    base = merged(POLICY, policy, {**valid_files(), ".dvc/config": config.encode()})
    return told(copied("1.2.0", files=base), base)


def with_sealed(text: str, files: Files) -> Files:
    """Return the registry with the newest version's file called and sealed as the text has it."""
    name, block = re.match(r"(\S+):\n", text), "sealed:" in text
    assert name
    prefix = f"{ROOT}fraud-1.2.0/"
    new = copied("1.2.0", files=files)
    sealed = f"    sealed: {{sha256: {'a' * 64}, size: 9, {KINDS[name[1].rpartition('.')[2]]}}}\n" if block else ""
    metadata = new[f"{prefix}metadata.yaml"].decode().replace("model.joblib", name[1])
    new[f"{prefix}metadata.yaml"] = re.sub(r"(    format: .*\n)", rf"\1{sealed}", metadata, count=1).encode()
    pointer = new.pop(f"{prefix}model.joblib.dvc").replace(b"model.joblib", name[1].encode())
    opened = "/model.joblib\n" if name[1] != "model.joblib" else ""
    ignored = f"{opened}/{name[1]}\n".encode()
    return {**new, f"{prefix}{name[1]}.dvc": pointer, f"{prefix}.gitignore": ignored}


RECIPIENT = "age12lcq26mvr8aexs8jklr55r6xhpmtdqahjsktucdurzar6vjsg9zqgqmt5w"
KINDS = {"joblib": "compression: zstd", "zst": "compression: zstd", "age": f"recipients: [{RECIPIENT}]"}


def sealed_by_policy(text: str) -> set[str]:
    config = b"[core]\n    remote = storage\n['remote \"storage\"']\n    url = s3://models/registry\n"
    policy = "storage: {remotes: {storage: {compress: zstd}}}"
    base = merged(POLICY, policy, {**valid_files(), ".dvc/config": config})
    return told(with_sealed(uncommented(text), base), base)


def sealed_as_named(text: str) -> set[str]:
    return told(with_sealed(text, valid_files()))


def sealed_otherwise(text: str) -> set[str]:
    name = "model.joblib.age"
    reason = {f"{ROOT}fraud-1.2.0/{name}": "it is no file of age"} if "in the clear" in text else {}
    return told(with_sealed(f"{name}:\n  sealed:\n", valid_files()), known=KnownBytes(sealed_wrongly=reason))


def too_many_licences(text: str) -> set[str]:
    files = merged(METADATA, uncommented(text))
    return told({**files, f"{VERSION}LICENSE": b"Ask us.\n"} if "LICENSE" in text else files)


def in_both_documents(text: str) -> set[str]:
    card, metadata = (uncommented(line) for line in text.splitlines())
    files = merged(METADATA, metadata)
    return told({**files, CARD: files[CARD].replace(b"license: apache-2.0", card.encode())})


def files_of_a_version(text: str) -> set[str]:
    """Judge a version that holds of fraud-1.1.0 only what the example lists."""
    kept = {line.split()[0].rpartition("/")[2] for line in text.splitlines()}
    files = without(VERSION)
    for name in kept:
        files[VERSION + name] = valid_files().get(VERSION + name, b'{"name": "fraud"}')
    return told(files)


def entry_of_git(text: str) -> set[str]:
    mode = text.splitlines()[1].split()[0]
    return told(
        {**valid_files(), f"{VERSION}predictions.csv": b"x"}, kinds={f"{VERSION}predictions.csv": Kind.from_mode(mode)}
    )


def beside_a_pointer(text: str) -> set[str]:
    files = named("\n".join(f"fraud-1.1.0/{line.split()[0]}" for line in text.splitlines() if ".dvc" not in line))
    return told({**files, f"{VERSION}.gitignore": b"/model.joblib\n"})


def large(text: str) -> set[str]:
    if ".dvc" in text:
        return told(valid_files())
    return told({**without(POINTER), f"{VERSION}model.joblib": b"x" * (2 << 20), f"{VERSION}.gitignore": b""})


def lfs(text: str) -> set[str]:
    if "outs:" in text:
        return told(valid_files())
    return told({**without(POINTER), f"{VERSION}model.joblib": f"{uncommented(text)}\n".encode()})


def forbidding(text: str) -> set[str]:
    record = re.search(r"^format: .*$", text, re.MULTILINE)
    assert record
    files = {**valid_files(), METADATA: swapped(valid_files()[METADATA], record[0])}
    return told(merged(POLICY, "formats: {forbid: [pickle]}", files))


def stating(text: str) -> set[str]:
    """Judge metadata whose `artifact` and names of files are the example's, with their records as they were."""
    record = "{sha256: " + "b" * 64 + ", size: 25, role: model, format: joblib}"
    return in_metadata(re.sub(r"\{(?:\.\.\.|sha256[^}]*)\}", record, text))


def tracked(text: str) -> set[str]:
    return told({**valid_files(), f"{VERSION}.gitignore": f"{uncommented(text)}\n".encode()})


def parented(text: str) -> set[str]:
    mine, theirs = re.findall(r"parents: (\[[^]]*\])", text)
    files = merged(f"{ROOT}fraud-1.2.0/metadata.yaml", f"parents: {mine}", copied("1.2.0"))
    return told(merged(METADATA, f"parents: {theirs}", files))


def edited(text: str) -> set[str]:
    if text.startswith("A "):
        return changed(text)
    after = text.splitlines()[1][1:].partition(": ")[2]
    return told({**valid_files(), METRICS: valid_files()[METRICS].replace(b"0.934", after.encode())}, valid_files())


def manifest_with(text: str) -> set[str]:
    return told(merged(MANIFEST, text))


def from_source(text: str) -> set[str]:
    repo = text.splitlines()[1].strip()
    metadata = merged(METADATA, f"source: {{{repo}, commit: {'3f786850' * 5}}}\ntraining_hash: git:{'3f786850' * 5}")
    return told(merged(POLICY, "sources: {allow: [https://git.example.org/team/]}", metadata))


def tombstoned(text: str) -> set[str]:
    base = merged(MODEL, TOMBSTONE, without(f"{ROOT}fraud-1.0.0/", without(PRODUCTION)))
    tree = "tree: 4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    return told(merged(MODEL, uncommented(text).replace(tree, f"tree: {TREE}"), base) | {f"{ROOT}x": b""}, base)


def numbered(text: str) -> set[str]:
    return changed(text, copied("1.2.4"))


def unclaimed(text: str) -> set[str]:
    path = f"{ROOT}notes/todo.txt" if "notes/" in text else "docs/todo.txt"
    return told({**valid_files(), path: b"edited"}, {**valid_files(), path: b"old"})


def reviewed(text: str) -> set[str]:
    base = merged(POLICY, uncommented(text)) if "exemptions" in text else valid_files()
    return told({**base, ".dvc/config": b"[core]\n"}, base)


def entering(stage: str, files: Files, *, version: str = "1.1.0") -> set[str]:
    """Judge a promotion in the place of fraud@1.0.0, under these demands of the stage."""
    base = merged(POLICY, f"stages: [{{name: staging}}, {{name: production, {stage}}}]", files)
    return told({**base, PRODUCTION: f"schema_version: 1\nversion: {version}\n".encode()}, base)


def not_worse(text: str) -> set[str]:
    """Judge a promotion with the accuracy that the example has, in the place of one with 0.93."""
    figure = re.search(r"accuracy:? ([0-9.]+)", text)
    assert figure
    rows = 20_000 if "20,000" in text else 200 if "200 rows" in text else 1200
    files = valid_files()
    for directory, accuracy in ((VERSION, figure[1]), (f"{ROOT}fraud-1.0.0/", "0.93")):
        files[f"{directory}metrics.json"] = f'{{"test": {{"accuracy": {accuracy}}}}}'.encode()
        files = merged(f"{directory}metadata.yaml", f'evaluation: {{test: {{"n": {rows}}}}}', files)
    return entering("gates: [{metric: accuracy, split: test, no_regression: true, tolerance: 0.01}]", files)


def measured_on(text: str) -> set[str]:
    """Judge a promotion whose data set has these splits, in the place of one that was measured on data of 2025."""
    files = valid_files()
    for path, splits in (
        (MANIFEST, uncommented(text)),
        (f"{ROOT}fraud-1.0.0/dataset-manifest.yaml", "splits: {test: {rows: 1200, file: test-2025.parquet}}"),
    ):
        year = "2026" if "2026" in splits else "2025"
        listed_file = (
            f"files: [{{path: test-{year}.parquet, sha256: {('a' if year == '2026' else 'b') * 64}, size: 4}}]"
        )
        files = merged(path, f"{listed_file}\n{splits}", files)
    return entering("gates: [{metric: accuracy, split: test, no_regression: true}]", files)


def required_field(text: str) -> set[str]:
    signature = "signature: {inputs: [{name: a, type: float64}], outputs: [{name: b, type: float64}]}"
    version = "1.1.1" if "1.1.1" in text else "1.1.0"
    files = copied(version)
    if "has a `signature`" in text:
        files = merged(f"{ROOT}fraud-{version}/metadata.yaml", signature, files)
    return entering("require: {metadata: [signature]}", files, version=version)


def required_section(text: str) -> set[str]:
    card = valid_files()[CARD].decode() + f"\n{text.replace('## Bias', '## Bias' + chr(10))}\n"
    files = {**valid_files(), CARD: card.encode()} if text.startswith("## Bias") else valid_files()
    return entering("require: {card_sections: [Bias]}", files)


def required_license(text: str) -> set[str]:
    return entering("require: {licenses: [Apache-2.0, MIT]}", merged(METADATA, uncommented(text)))


def required_format(text: str) -> set[str]:
    name = text.partition(":")[0]
    record = re.search(r"format: \w+", text)
    assert record
    files = {path: data.replace(b"model.joblib", name.encode()) for path, data in valid_files().items()}
    return entering("require: {formats: [onnx]}", {**files, METADATA: swapped(files[METADATA], record[0])})


def compatible(text: str) -> set[str]:
    outputs = "outputs: [{name: score, type: float64}]"
    before = f"signature: {{inputs: [{{name: amount, type: float64}}], {outputs}}}"
    files = merged(f"{ROOT}fraud-1.0.0/metadata.yaml", before)
    if "2.0.0" in text:
        return entering("require: {compatible_signature: true}", copied("2.0.0", files=files), version="2.0.0")
    return entering(
        "require: {compatible_signature: true}", merged(METADATA, f"{uncommented(text)}\n  {outputs}", files)
    )


def by_somebody_else(text: str) -> set[str]:
    actor = re.search(r"made by (\w+)", text)
    assert actor
    base = merged(POLICY, "stages: [{name: staging}, {name: production, separate_duties: true}]")
    head = {**base, PRODUCTION: b"schema_version: 1\nversion: 1.1.0\n"}
    return told(head, base, maker=Maker(actor[1]), authors={FRAUD: (Person("Ada", "ada@example.org"),)})


def code_owners_of(owner: str) -> bytes:
    """Return the file of code owners of a registry whose model has that owner."""
    snapshot = Snapshot(MemoryTree(merged(MODEL, f"owners: [{owner}]")))
    return read_code_owners(snapshot, PLACES[0]).wanted.encode()


def followed(text: str) -> set[str]:
    """Judge a change of owners beside the code owners of the example."""
    now, told_owner = re.findall(r"owners of fraud: \[(\w+)\]|@(\w+)", text)
    base = {**valid_files(), PLACES[0]: code_owners_of(told_owner[1])}
    return told(merged(MODEL, f"owners: [{now[0]}]", base), base)


def around_block(text: str) -> set[str]:
    """Judge code owners of which the example has one line, above or below the block."""
    block = code_owners_of("fraud-desk@example.org").decode()
    first, second = text.splitlines()
    file = block + second if first == END else f"{first}\n{block}"
    return told({**valid_files(), PLACES[0]: file.encode()}, valid_files())


def signed(text: str) -> set[str]:
    head, base = as_change(text)
    return told(head, base, maker=Maker("ada", signed="--no-gpg-sign" not in text))


TRIED: dict[str, Callable[[str], set[str]]] = {
    "MY101": lambda text: told(named(text)),
    "MY102": in_metadata,
    "MY103": files_of_a_version,
    "MY104": files_of_a_version,
    "MY105": lambda text: told(named(text)),
    "MY106": entry_of_git,
    "MY107": lambda text: told(named(text)),
    "MY108": lambda text: told({**without(MODEL), ROOT + text: valid_files()[MODEL]}),
    "MY109": lambda text: told(named(text, without(f"{ROOT}stages/"))),
    "MY110": lambda text: told(named(text)),
    "MY111": versions_named,
    "MY112": lambda text: told(named(text)),
    "MY113": lambda text: told(named(text)),
    "MY114": versions_named,
    **dict.fromkeys(("MY201", "MY202", "MY203", "MY204", "MY205", "MY206", "MY207", "MY208"), in_metadata),
    "MY209": too_many_licences,
    "MY210": lambda text: told(whole(METRICS, text)),
    "MY211": lambda text: told(whole(METRICS, text)),
    "MY212": in_metadata,
    "MY213": in_metadata,
    "MY214": in_metadata,
    **dict.fromkeys(("MY301", "MY302", "MY303", "MY305"), in_card),
    "MY304": in_both_documents,
    "MY306": in_front_matter,
    "MY307": behind_card,
    "MY308": behind_card,
    "MY309": behind_card,
    "MY401": lambda text: told(whole(POINTER, text)),
    "MY402": files_of_a_version,
    "MY403": in_pointer_and_metadata,
    "MY404": lambda text: told(valid_files(), known=at_hand(int(re.findall(r"(\d+) bytes", text)[0]))),
    "MY405": beside_a_pointer,
    "MY406": large,
    "MY407": forbidding,
    "MY408": tracked,
    "MY409": lambda text: told({**valid_files(), POINTER: swapped(valid_files()[POINTER], uncommented(text))}),
    "MY410": stating,
    "MY411": lfs,
    "MY413": locked,
    "MY414": listed,
    "MY415": formatted,
    "MY416": encrypted_by_server,
    "MY417": sealed_by_policy,
    "MY418": sealed_as_named,
    "MY419": sealed_otherwise,
    "MY501": in_metadata,
    "MY502": in_metadata,
    "MY503": in_metadata,
    "MY504": from_source,
    "MY506": manifest_with,
    "MY507": parented,
    "MY601": edited,
    "MY602": retired,
    "MY603": after_retirement,
    "MY604": in_stage,
    "MY605": lambda text: told(as_change(text)[0]),
    "MY606": lambda text: in_stage(text, model="yanked: {1.1.0: Trained on leaked labels.}"),
    "MY607": in_stage,
    "MY608": in_stage,
    "MY609": skipping,
    "MY610": gated,
    "MY611": gated,
    "MY612": in_policy,
    "MY613": numbered,
    "MY614": child_of_what_goes,
    "MY615": with_signature,
    "MY616": changed,
    "MY617": changed,
    "MY618": reviewed,
    "MY619": unclaimed,
    "MY620": as_archive,
    "MY621": with_canary,
    "MY622": tombstoned,
    "MY623": owned,
    "MY624": exempting,
    "MY625": exempting,
    "MY626": exempting,
    "MY628": broken,
    "MY630": changed,
    "MY633": in_policy,
    "MY634": not_worse,
    "MY635": measured_on,
    "MY636": not_worse,
    "MY637": required_field,
    "MY638": required_section,
    "MY639": required_license,
    "MY640": required_format,
    "MY641": compatible,
    "MY642": by_somebody_else,
    "MY644": in_policy,
    "MY631": changed,
    "MY650": followed,
    "MY651": around_block,
    "MY652": signed,
    "MY653": in_policy,
    "MY701": in_metadata,
    "MY702": secret_elsewhere,
    "MY703": hiding,
    "MY704": moved_remote,
    "MY706": allowed_pipeline,
    "MY707": in_pipeline,
    "MY709": imported,
    "MY710": doubted,
    "MY711": built,
}
BY_WORDS = {
    "MY412": "its good example is a pointer of other bytes, which a digest has to know",
    "MY421": "its example is a command",
    "MY422": "its example is what a remote holds",
    "MY423": "its example is a command",
    "MY505": "the digests of its example belong together, and to no file of the valid registry",
    "MY632": "its example tells of days",
    "MY643": "its example is a command",
    "MY627": "both of its examples wait; they differ in what for",
    "MY629": "it is told of what is mended, which is its good example",
    "MY656": "its example is a digest that the gate computes",
    "MY657": "its example names versions of the tool",
    "MY658": "its example is a command",
    "MY708": "it is told of every command, also of a good one",
}
"""Rules whose examples say in words what no registry can be made to hold, and why."""


def test_every_rule_is_tried_or_said_not_to_be() -> None:
    codes = {rule.code for rule in RULES}
    assert TRIED.keys() | BY_WORDS.keys() == codes
    assert TRIED.keys() & BY_WORDS.keys() == set()


@pytest.mark.parametrize("code", sorted(TRIED))
def test_the_bad_example_breaks_the_rule_and_the_good_one_keeps_it(code: str) -> None:
    rule = rule_by_code(code)
    assert rule
    assert code in TRIED[code](rule.lesson.bad), "the bad example passes"
    assert code not in TRIED[code](rule.lesson.good), "the good example is refused"
