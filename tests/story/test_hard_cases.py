"""Git's hard cases: repositories in every odd state, each judged for real, none with a traceback."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from support.cases import valid_files
from support.commands import Ended, counted_git, run_command
from support.registry import Scene
from support.repositories import Repository, new_repository, run_git
from support.services import STAGING, next_version
from support.told import NO_OWNERS
from support.tools import requires_tool

METRICS = "model_registry/fraud-1.1.0/metrics.json"
PRODUCTION = "model_registry/stages/production/fraud.yaml"
PROMOTED = b"schema_version: 1\nversion: 1.1.0\n"
TAGS = 50_000


def founded(path: Path, *arguments: str) -> Repository:
    """Make a repository with the valid registry, in two commits."""
    repository = new_repository(path, *arguments)
    repository.commit(valid_files() | {STAGING: valid_files()[STAGING].replace(b"1.1.0", b"1.0.0")}, "Found")
    repository.commit(valid_files(), "Promote")
    return repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return founded(tmp_path / "models")


def validate(repository: Repository, *words: str, **variables: str) -> Ended:
    return run_command("validate", *words, directory=repository.path, **variables)


def failed(code: int, message: str, hint: str) -> Ended:
    return Ended(code, "", f"modelyard: {message}\n    hint: {hint}\n")


def judged(name: str, against: str, verdict: str) -> Ended:
    owners = NO_OWNERS if name.startswith("commit ") else ""
    return Ended(0, f"{owners}judged: {name} against {against}\n{verdict}\n", "")


def test_in_the_middle_of_a_merge_the_index_is_no_commit_to_be(repository: Repository) -> None:
    repository.git("switch", "--quiet", "--create", "other")
    repository.commit({PRODUCTION: PROMOTED})
    repository.git("switch", "--quiet", "main")
    head = repository.commit({PRODUCTION: PROMOTED + b"reason: better\n"})
    merge = ["git", "merge", "--quiet", "other"]
    assert subprocess.run(merge, cwd=repository.path, capture_output=True, check=False).returncode == 1

    unmerged = failed(2, f"'{PRODUCTION}' is not merged yet", "git status")
    assert validate(repository, "--staged") == validate(repository, "--hook") == unmerged
    assert validate(repository) == Ended(
        1,
        f"{PRODUCTION}:3:1: error MY201 two changes meet here, of 'HEAD' and 'other', "
        f"and the merge of them is not finished\n    hint: keep one version, without the marks and without `evidence`, "
        f"then git add {PRODUCTION}; or git merge --abort, and on top of what was merged first "
        "modelyard promote fraud@VERSION --to production --branch NAME\n"
        "refused: 1 problem, 2 model versions judged\n",
        "",
    )
    assert validate(repository, "--base", "other") == judged(
        f"commit {head[:12]}", f"{repository.git('rev-parse', 'other')[:12]}, as asked for", "passed: no problems"
    )

    # Resolved, it is what the merge commit will hold, against the branch that it goes to.
    repository.write({PRODUCTION: PROMOTED})
    repository.git("add", PRODUCTION)
    assert validate(repository, "--staged") == judged(
        "the index", f"{head[:12]}, the last commit", "passed: no problems"
    )


def test_a_detached_head_is_judged_as_any_other(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "--detach")
    new = repository.commit(next_version(), "Register fraud@1.2.0")
    base = repository.git("rev-parse", "main")
    assert validate(repository, "--base", "auto") == judged(
        f"commit {new[:12]}", f"{base[:12]}, the merge base with main", "passed: no problems, 1 model version judged"
    )


def test_a_linked_worktree_has_its_own_index_and_head(repository: Repository, tmp_path: Path) -> None:
    head = repository.head
    repository.git("worktree", "add", "--quiet", "-b", "work", str(tmp_path / "linked"))
    linked = Repository(tmp_path / "linked")
    linked.write({METRICS: valid_files()[METRICS] + b"\n"})
    linked.git("add", METRICS)

    assert validate(linked, "--staged").out.splitlines()[0] == (
        f"{METRICS}:7:1: error MY601 fraud@1.1.0 is merged and immutable, but metrics.json was changed: line 7 differs"
    )
    assert validate(repository, "--staged") == Ended(
        0,
        "nothing below model_registry/ changed\n"
        f"judged: the index against {head[:12]}, the last commit\npassed: no problems\n",
        "",
    )
    new = linked.commit({METRICS: valid_files()[METRICS], **next_version()})
    assert validate(linked, "--base", "auto") == judged(
        f"commit {new[:12]}", f"{head[:12]}, the merge base with main", "passed: no problems, 1 model version judged"
    )


def test_a_partial_clone_reads_what_is_there_and_fetches_nothing(repository: Repository, tmp_path: Path) -> None:
    repository.commit(next_version(), "Register fraud@1.2.0")
    repository.git("config", "uploadpack.allowFilter", "true")
    options = ("--quiet", "--filter=blob:none", "--no-checkout")
    run_git(tmp_path, "clone", *options, repository.path.as_uri(), "partial")
    partial = Repository(tmp_path / "partial")
    policy = partial.git("rev-parse", "HEAD:model_registry/registry.yaml")
    fetch = "git -c remote.origin.partialCloneFilter= fetch --refetch origin"

    left_out = failed(3, f"object {policy} was left out of this partial clone", fetch)
    assert validate(partial, "--base", "auto") == left_out
    missing = partial.git("rev-list", "--objects", "--missing=print", "HEAD").splitlines()
    assert f"?{policy}" in missing

    partial.git(*shlex.split(fetch)[1:])
    assert validate(partial, "--base", "auto").code == 0

    run_git(tmp_path, "clone", *options[:2], repository.path.as_uri(), "checked-out")
    assert validate(Repository(tmp_path / "checked-out"), "--base", "auto").code == 0


def test_a_repository_of_sha256_is_read_and_written(tmp_path: Path) -> None:
    repository = founded(tmp_path / "models", "--object-format=sha256")
    for words in ((), ("--staged",), ("--base", "auto"), ("--head", "HEAD")):
        assert validate(repository, *words).code == 0, words
    base = repository.head

    done = run_command("promote", "fraud@1.1.0", "--to", "production", "--branch", "work", directory=repository.path)
    assert (done.code, done.err) == (0, "")

    report = json.loads(validate(repository, "--base", "auto", "--head", "work", "--format", "json").out)
    assert (report["commit"], report["base"]) == (repository.git("rev-parse", "work"), base)
    assert len(base) == 64


def test_fifty_thousand_tags_are_never_listed(repository: Repository, tmp_path: Path) -> None:
    head = repository.head
    tags = "".join(f"{head} refs/tags/v0.0.{number}\n" for number in sorted(range(TAGS), key=str))
    (repository.path / ".git/packed-refs").write_text(f"# pack-refs with: peeled fully-peeled sorted \n{tags}")
    assert len(repository.git("tag").splitlines()) == TAGS
    log, path = counted_git(tmp_path, Path(requires_tool("git")))

    for words in ((), ("--staged",), ("--base", "auto"), ("--base", "v0.0.777"), ("--hook",)):
        assert validate(repository, *words, PATH=path).code == 0

    commands = [line.split(" protocol.ext.allow=never ", 1)[1].split() for line in log.read_text().splitlines()]
    asked = {tuple(word for word in command if not word.startswith("--git-dir=")) for command in commands}
    assert {next(word for word in command if not word.startswith("-")) for command in asked} == {
        *("cat-file", "diff-index", "for-each-ref", "ls-files", "merge-base", "rev-parse")
    }
    listings = [command for command in asked if "for-each-ref" in command]
    assert listings
    for command in listings:
        names = [word for word in command if word.startswith("refs/")]
        assert names, "no reference is named: all are listed"
        assert not any(name.startswith("refs/tags") or name.endswith("/") for name in names)


def test_case_20_a_revision_is_no_option_and_no_range(repository: Repository) -> None:
    for text in ("--output=x", "-x", "@{-1}", "main..", "main...other", "^main", ":/Found", "main@{1.day.ago}", "a b"):
        refused = failed(2, f"{text!r} is not a revision that names one commit", "give a branch, a tag or a commit id")
        assert validate(repository, f"--base={text}") == refused
        assert validate(repository, f"--head={text}") == refused
        assert validate(repository, "--base=main", f"--head={text}") == refused
    assert not list(repository.path.rglob("x"))


def trapped(repository: Repository, marker: Path) -> None:
    """Give a repository a configuration and attributes that would have git run a script at every turn."""
    script = marker.with_name("evil.sh")
    script.write_text(f"#!/bin/sh\ntouch '{marker}'\nexec cat\n")
    script.chmod(0o755)
    hooks = repository.path / ".git/evil-hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "reference-transaction", "pre-commit", "fsmonitor-watchman"):
        (hooks / hook).symlink_to(script)
    for key in (
        "core.fsmonitor",
        "core.pager",
        "pager.log",
        "diff.external",
        "diff.evil.textconv",
        "diff.evil.command",
    ):
        repository.git("config", key, str(script))
    for key in ("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "core.editor", "gpg.program"):
        repository.git("config", key, str(script))
    for key in ("core.sshCommand", "core.askPass", "credential.helper", "core.alternateRefsCommand"):
        repository.git("config", key, str(script))
    repository.git("config", "alias.cat-file", f"!{script}")
    repository.git("config", "core.hooksPath", str(hooks))
    repository.git("config", "log.showSignature", "true")
    (repository.path / ".git/info/attributes").write_text("* diff=evil filter=evil\n")


def test_case_21_nothing_that_a_repository_configures_is_run(repository: Repository, tmp_path: Path) -> None:
    requires_tool("strace")
    marker, trace = tmp_path / "marker", tmp_path / "trace"
    new = repository.commit(next_version(), "Register fraud@1.2.0")
    # A repository inside of the registry, which would be taken for it from within.
    inner = founded(tmp_path / "inner")
    shutil.copytree(inner.path / ".git", repository.path / "model_registry/fraud-1.2.0/inner.git")
    repository.write({"model_registry/fraud-1.2.0/note.txt": b"not named\n"})
    trapped(repository, marker)
    (repository.path / "model_registry/fraud-1.2.0/inner.git/config").write_text(
        f"[core]\n\tbare = true\n\tfsmonitor = {marker.with_name('evil.sh')}\n"
    )
    questions: tuple[tuple[str, ...], ...] = ((), ("--staged",), ("--hook",), ("--base", "auto"), ("--head", "HEAD"))

    for words in questions:
        tracing = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=execve,connect", "-o", str(trace)]
        command = [*tracing, shutil.which("modelyard") or "", "validate", *words]
        ran = subprocess.run(command, cwd=repository.path, capture_output=True, text=True, check=False, timeout=300)
        started = [line.split('"')[1] for line in trace.read_text().splitlines() if "execve(" in line and "= 0" in line]
        assert {Path(name).name for name in started} <= {"modelyard", "python", "python3", "git"}, words
        assert started.count(str(requires_tool("git"))) == len(started) - 1
        assert " connect(" not in trace.read_text()
        assert ran.stderr == ""
        assert ran.returncode == (0 if words else 1), ran.stdout
    assert not marker.exists()
    assert validate(Repository(repository.path / "model_registry"), "--base", "HEAD~1").out.startswith(
        f"{NO_OWNERS}judged: commit {new[:12]}"
    )
    # The traps are real ones: an unguarded git falls into them.
    run_git(repository.path, "status")
    assert marker.exists()


def test_case_37_two_promotions_to_one_stage_conflict(merged: Scene) -> None:
    """The second one neither merges by itself, nor passes where somebody keeps both."""
    registry = merged.registry
    for version, branch in (("1.0.0", "one"), ("1.1.0", "two")):
        done = merged.register(
            "--version", f"2.{version[2]}.0", "--metrics", "accuracy=0.95", "--n", "1000", "--branch"
        )
        assert done.code == 0, done.err
        merged.merge(f"register/fraud-2.{version[2]}.0")
        assert merged.run("promote", f"fraud@2.{version[2]}.0", "--to", "staging", "--branch", branch).code == 0
    base = registry.head
    merged.merge("one")

    again = subprocess.run(["git", "merge", "two"], cwd=registry.path, capture_output=True, text=True, check=False)

    stage = "model_registry/stages/staging/fraud.yaml"
    assert again.returncode == 1
    assert f"CONFLICT (content): Merge conflict in {stage}" in again.stdout
    registry.git("checkout", "--quiet", "--theirs", stage)
    theirs = (registry.path / stage).read_text()
    registry.git("checkout", "--quiet", "--ours", stage)
    (registry.path / stage).write_text((registry.path / stage).read_text() + theirs)
    registry.git("add", stage)
    both = merged.run("validate", "--staged")
    assert both.code == 1
    assert f"{stage}:" in both.out
    assert "error MY202 " in both.out
    assert base != registry.head


@pytest.mark.parametrize(
    ("kind", "told"),
    [("120000", "a symbolic link"), ("160000", "a submodule")],
    ids=["symlink", "submodule"],
)
def test_a_version_directory_that_is_none_is_refused(kind: str, told: str, repository: Repository) -> None:
    base = repository.head
    target = repository.git("hash-object", "-w", "--stdin", stdin=b"fraud-1.1.0") if kind == "120000" else base
    repository.git("update-index", "--add", "--cacheinfo", f"{kind},{target},model_registry/fraud-1.2.0")
    repository.git("commit", "--quiet", "--message", "Register fraud@1.2.0")

    assert validate(repository, "--base", base) == Ended(
        1,
        f"model_registry/fraud-1.2.0: error MY101 'fraud-1.2.0' is {told}, where the directory of a version belongs\n"
        "    hint: git rm model_registry/fraud-1.2.0, and put the version's own files there\n"
        f"{NO_OWNERS}judged: commit {repository.head[:12]} against {base[:12]}, as asked for\nrefused: 1 problem\n",
        "",
    )


def without(path: str) -> dict[str, bytes]:
    return {name: data for name, data in valid_files().items() if name != path and not name.startswith(f"{path}/")}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("model_registry/registry.yaml", "MY101"),
        ("model_registry/models/fraud.yaml", "MY108"),
        ("model_registry/fraud-1.1.0/metadata.yaml", "MY601"),
        ("model_registry/fraud-1.1.0/MODEL_CARD.md", "MY601"),
        (PRODUCTION, "MY109"),
    ],
)
def test_a_directory_where_a_file_belongs_is_refused(path: str, code: str, repository: Repository) -> None:
    base = repository.head
    head = repository.commit_tree(repository.make_tree({**without(path), f"{path}/x": b""}), base)
    for words in (("--base", base), ("--staged",), ()):
        ended = validate(repository, *words, *(("--head", head) if "--base" in words else ()))
        if "--base" in words:
            assert (ended.code, ended.err) == (1, "")
            assert f" {code} " in ended.out
            repository.git("checkout", "--quiet", "--detach", head)
            repository.git("reset", "--quiet", "--soft", base)
        assert (ended.code, ended.err) == (1, ""), words


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("model_registry", "MY602"),
        ("model_registry/fraud-1.0.0", "MY602"),
        ("model_registry/models", "MY101"),
        ("model_registry/stages", "MY101"),
        ("model_registry/stages/production", "MY109"),
    ],
)
def test_a_file_where_a_directory_belongs_is_refused(path: str, code: str, repository: Repository) -> None:
    base = repository.head
    head = repository.commit_tree(repository.make_tree({**without(path), path: b""}), base)
    ended = validate(repository, "--base", base, "--head", head)
    assert (ended.code, ended.err) == (1, "")
    assert f" {code} " in ended.out


def test_what_replaces_an_object_is_not_looked_at(repository: Repository) -> None:
    """``git replace`` and grafts show other content under the same id, on this machine alone."""
    base = repository.head
    head = repository.commit({METRICS: b"{}\n"}, "Edit a merged version")
    before = validate(repository, "--base", "auto")
    assert before.code == 1
    repository.git("replace", head, repository.commit_tree(f"{base}^{{tree}}", base))
    (repository.path / ".git/info/grafts").write_text(f"{head} {head}\n")
    assert repository.git("diff", "--name-only", base, head) == ""

    assert validate(repository, "--base", "auto") == before


def test_objects_of_an_alternate_are_read(repository: Repository, tmp_path: Path) -> None:
    head, tree = repository.head, repository.git("rev-parse", "HEAD:model_registry/models")
    run_git(tmp_path, "clone", "--quiet", "--shared", str(repository.path), "borrower")
    borrower = Repository(tmp_path / "borrower")
    new = borrower.commit(next_version(), "Register fraud@1.2.0")
    assert validate(borrower, "--base", "auto") == judged(
        f"commit {new[:12]}",
        f"{repository.head[:12]}, the merge base with origin/main",
        "passed: no problems, 1 model version judged",
    )

    shutil.rmtree(repository.path)
    lost = "missing from the repository or corrupt"
    assert validate(borrower, "--base", "auto") == failed(
        3, "the commit that origin/main names is missing from the repository", "git fsck"
    )
    assert validate(borrower, "--head", "HEAD") == failed(3, f"tree {tree} is {lost}", "git fsck")
    (borrower.path / ".git/HEAD").write_text(f"{head}\n")
    # It is not a repository before its first commit, where a change would be judged by its own policy.
    assert validate(borrower, "--staged") == failed(3, f"commit {head} is {lost}", "git fsck")


@pytest.mark.parametrize("what", ["blob", "tree"])
def test_a_corrupt_object_is_named(what: str, repository: Repository) -> None:
    repository.commit(next_version(), "Register fraud@1.2.0")
    path = "model_registry/fraud-1.2.0" + ("/metadata.yaml" if what == "blob" else "")
    found = repository.git("rev-parse", f"HEAD:{path}")
    spoil(repository, found)
    corrupt = failed(3, f"{what} {found} is missing from the repository or corrupt", "git fsck")
    assert validate(repository, "--base", "HEAD~1") == validate(repository, "--head", "HEAD") == corrupt


def test_a_corrupt_commit_and_a_corrupt_root_are_named(repository: Repository, tmp_path: Path) -> None:
    def spoiled(revision: str, name: str) -> tuple[Repository, str]:
        copy = Repository(tmp_path / name)
        shutil.copytree(repository.path, copy.path)
        found = copy.git("rev-parse", revision)
        place = spoil(copy, found)
        return copy, f"loose object {found} (stored in {place}) is corrupt"

    copy, sentence = spoiled("HEAD", "commit")
    assert validate(copy, "--base", "auto") == failed(3, f"git cat-file stopped answering: {sentence}", "git fsck")
    copy, sentence = spoiled("HEAD^{tree}", "root")
    expected = failed(3, f"git diff-index failed with exit code 128: {sentence}", "git fsck")
    assert validate(copy, "--staged") == expected


def spoil(repository: Repository, object_id: str) -> Path:
    place = repository.path / ".git/objects" / object_id[:2] / object_id[2:]
    place.chmod(0o644)
    place.write_bytes(b"not what it was")
    return place


def test_locks_that_were_left_behind_are_in_nobodys_way(repository: Repository) -> None:
    for name in ("index.lock", "HEAD.lock", "packed-refs.lock", "shallow.lock"):
        (repository.path / ".git" / name).touch()
    for words in ((), ("--staged",), ("--hook",), ("--base", "auto")):
        ended = validate(repository, *words)
        assert (ended.code, ended.err) == (0, ""), words
    assert (repository.path / ".git/index.lock").exists()


def test_another_repository_that_a_hook_names_is_not_taken_for_ours(repository: Repository, tmp_path: Path) -> None:
    """Only what an entry point says that it hears is heard: GIT_DIR of a calling hook is not."""
    other = founded(tmp_path / "other")
    other.write({"model_registry/notes.txt": b""})
    other.git("add", "--all")
    named = {"GIT_DIR": str(other.path / ".git"), "GIT_WORK_TREE": str(other.path)}
    assert validate(repository, "--staged", **named) == validate(repository, "--staged")
    assert validate(other, "--staged").code == 1

    plain = Repository(tmp_path / "plain")
    plain.path.mkdir()
    assert validate(plain, "--staged", **named) == failed(
        2,
        f"{str(plain.path)!r} is not in a Git repository",
        "cd into a clone of the registry, or found a new one: modelyard init DIR",
    )


@pytest.mark.parametrize("words", [("--base", "auto"), ("--head", "HEAD"), ("--base", "HEAD~1")])
def test_without_a_commit_there_is_nothing_to_judge(words: tuple[str, ...], tmp_path: Path) -> None:
    empty = new_repository(tmp_path / "empty")
    assert validate(empty, *words) == failed(2, "there is no commit to judge yet", "modelyard validate --staged")
    empty.write(valid_files())
    empty.git("add", "--all")
    ended = validate(empty, "--staged")
    assert "judged: the index, before the first commit\n" in ended.out


@pytest.mark.parametrize("depth", [1, 2])
def test_case_19_a_base_that_was_not_fetched_is_no_reason_to_pass(
    depth: int, repository: Repository, tmp_path: Path
) -> None:
    base = repository.git("rev-parse", "HEAD~1")
    for number in range(depth):
        repository.commit({"notes.txt": b"%d" % number})
    run_git(tmp_path, "clone", "--quiet", f"--depth={depth}", repository.path.as_uri(), "shallow")
    assert validate(Repository(tmp_path / "shallow"), "--base", base) == failed(
        3,
        f"revision {base!r} is not in this shallow clone",
        "git fetch --unshallow; in a CI job set fetch-depth: 0 (GitHub) or GIT_DEPTH: 0 (GitLab) for the checkout",
    )
