"""Attempts to change what was merged, each made with Git's own commands in a repository of the valid registry.

An attempt leaves its change as the commit that is checked out, or in the index, and returns the base where that is
not the commit before it began.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.cases import valid_files
from support.services import next_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from support.repositories import Repository

    Attempt = Callable[[Repository], str | None]

__all__ = ["ATTEMPTS", "FINE", "STAGED"]

ROOT = "model_registry"
OLD = f"{ROOT}/fraud-1.1.0"
OLDER = f"{ROOT}/fraud-1.0.0"
FRESH = f"{ROOT}/fraud-1.2.0"
MODEL = f"{ROOT}/models/fraud.yaml"
POLICY = f"{ROOT}/registry.yaml"
ARCHIVE = f"{ROOT}/archive/fraud.jsonl"
METRICS = f"{OLD}/metrics.json"
BETTER = b'{"test": {"accuracy": 0.999}}\n'
NEW = {path: data for path, data in next_version().items() if path.startswith(f"{FRESH}/")}
LINE = b'{"version": "0.9.0", "accuracy": 0.8}\n'
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

ATTEMPTS: dict[str, Attempt] = {}
"""What a commit can bring, by name."""

STAGED: dict[str, Attempt] = {}
"""What an index or a work tree can hide, judged by ``validate --staged``."""

FINE = {"edited-and-restored", "yanked-no-more", "not-in-the-work-tree", "hidden-from-status"}
"""Attempts that change nothing which was merged, or what may change."""


def attempt(tried: Attempt) -> Attempt:
    ATTEMPTS[tried.__name__.strip("_").replace("_", "-")] = tried
    return tried


def staged(tried: Attempt) -> Attempt:
    STAGED[tried.__name__.strip("_").replace("_", "-")] = tried
    return tried


def text_of(path: str) -> bytes:
    return valid_files()[path]


# Trees that no checkout makes: an attacker writes objects, and pushes them.


def entries(repository: Repository, path: str) -> list[tuple[bytes, bytes, str]]:
    """Return mode, name and id of each entry of a folder of the last commit, as the raw object has them."""
    found = []
    for line in filter(None, repository.git("ls-tree", "-z", f"HEAD:{path}").split("\0")):
        about, name = line.split("\t")
        mode, _kind, object_id = about.split()
        found.append((mode.lstrip("0").encode(), name.encode(), object_id))
    return found


def raw_tree(repository: Repository, found: Iterable[tuple[bytes, bytes, str]]) -> str:
    """Return the id of a tree object with exactly these entries, however wrong they are."""
    content = b"".join(mode + b" " + name + b"\0" + bytes.fromhex(object_id) for mode, name, object_id in found)
    return repository.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=content)


def put(repository: Repository, path: str, tree: str) -> None:
    """Commit a tree in the place of a folder; neither index nor work tree follows."""
    folder, _, name = path.rpartition("/")
    kept = [entry for entry in entries(repository, folder) if entry[1] != name.encode()]
    made = raw_tree(repository, sorted([*kept, (b"40000", name.encode(), tree)], key=lambda entry: entry[1]))
    if folder:
        put(repository, folder, made)
    else:
        repository.git("update-ref", "HEAD", repository.commit_tree(made, repository.head))


def blob(repository: Repository, content: bytes = b"{}") -> str:
    return repository.git("hash-object", "-w", "--stdin", stdin=content)


def nested(repository: Repository, name: bytes, levels: int = 1500) -> str:
    tree = raw_tree(repository, [(b"100644", name, blob(repository))])
    for _ in range(levels):
        tree = raw_tree(repository, [(b"40000", b"d", tree)])
    return tree


@attempt
def _group_may_write(repository: Repository) -> None:
    found = [
        (b"100664" if name == b"metrics.json" else mode, name, each) for mode, name, each in entries(repository, OLD)
    ]
    put(repository, OLD, raw_tree(repository, found))


@attempt
def _mode_with_a_zero(repository: Repository) -> None:
    put(
        repository,
        OLD,
        raw_tree(repository, [(b"0" + mode, name, each) for mode, name, each in entries(repository, OLD)]),
    )


@attempt
def _empty_folder_inside(repository: Repository) -> None:
    empty = raw_tree(repository, [])
    put(repository, OLD, raw_tree(repository, [*entries(repository, OLD), (b"40000", b"zz", empty)]))


@attempt
def _entries_in_another_order(repository: Repository) -> None:
    put(repository, OLD, raw_tree(repository, entries(repository, OLD)[::-1]))


@attempt
def _one_name_twice(repository: Repository) -> None:
    put(
        repository,
        OLD,
        raw_tree(repository, [*entries(repository, OLD), (b"100644", b"metrics.json", blob(repository))]),
    )


@attempt
def _slash_in_a_name(repository: Repository) -> None:
    put(repository, OLD, raw_tree(repository, [*entries(repository, OLD), (b"100644", b"x/y", blob(repository))]))


@attempt
def _tree_of_another_version(repository: Repository) -> None:
    put(repository, OLD, repository.git("rev-parse", f"HEAD:{OLDER}"))


@attempt
def _two_versions_swapped(repository: Repository) -> None:
    first, second = (repository.git("rev-parse", f"HEAD:{path}") for path in (OLD, OLDER))
    put(repository, OLD, second)
    put(repository, OLDER, first)


@attempt
def _folders_without_end_in_a_version(repository: Repository) -> None:
    put(repository, f"{OLD}/d", nested(repository, b"x"))


@attempt
def _folders_without_end_beside_the_registry(repository: Repository) -> None:
    put(repository, "d", nested(repository, b"dvc.yaml"))


@attempt
def _folders_without_end_in_a_stage(repository: Repository) -> None:
    put(repository, f"{ROOT}/stages/d", nested(repository, b"x.yaml"))


# Files of a merged version.


@attempt
def _metrics_of_two_versions_swapped(repository: Repository) -> None:
    repository.commit({METRICS: text_of(f"{OLDER}/metrics.json"), f"{OLDER}/metrics.json": text_of(METRICS)})


@attempt
def _folder_in_place_of_a_file(repository: Repository) -> None:
    (repository.path / METRICS).unlink()
    repository.commit({f"{METRICS}/x": BETTER})


@attempt
def _line_ends_of_windows(repository: Repository) -> None:
    repository.commit({f"{OLD}/MODEL_CARD.md": text_of(f"{OLD}/MODEL_CARD.md").replace(b"\n", b"\r\n")})


@attempt
def _comment_in_the_metadata(repository: Repository) -> None:
    repository.commit({f"{OLD}/metadata.yaml": text_of(f"{OLD}/metadata.yaml") + b"# as agreed\n"})


@attempt
def _name_with_nothing_to_see(repository: Repository) -> None:
    repository.commit({f"{OLD}/metrics\u200b.json": BETTER})


@attempt
def _lock_of_a_later_run(repository: Repository) -> None:
    repository.commit({f"{OLD}/dvc.lock": b"schema: '2.0'\n"})


@attempt
def _pointer_of_another_file(repository: Repository) -> None:
    pointer = text_of(f"{OLD}/model.joblib.dvc").replace(b"a2d5d04c", b"00000000")
    repository.commit({f"{OLD}/model.joblib.dvc": pointer})


@attempt
def _edited_and_restored(repository: Repository) -> None:
    repository.commit({METRICS: BETTER})
    repository.commit({METRICS: text_of(METRICS)})


@attempt
def _renamed_into_the_next_version(repository: Repository) -> None:
    repository.git("mv", OLD, FRESH)
    repository.commit({f"{FRESH}/metadata.yaml": NEW[f"{FRESH}/metadata.yaml"]})


@attempt
def _version_with_a_cyrillic_letter(repository: Repository) -> None:
    repository.commit({path.replace("1.2.0", "1.2.\u041e"): data for path, data in NEW.items()})


# Attributes, ignores, modules and what else Git obeys.


@attempt
def _lfs_for_the_registry_with_a_version(repository: Repository) -> None:
    repository.commit({".gitattributes": b"model_registry/** filter=lfs diff=lfs merge=lfs -text\n", **NEW})


@attempt
def _encoding_of_the_work_tree_alone(repository: Repository) -> None:
    repository.write({".gitattributes": b"*.yaml text working-tree-encoding=UTF-16\n"})
    repository.git("add", ".gitattributes")
    repository.git("commit", "--quiet", "--message", "Write YAML as UTF-16")


@attempt
def _attributes_in_every_folder(repository: Repository) -> None:
    folders = ("", "/models", "/stages", "/stages/production", "/archive")
    repository.commit({f"{ROOT}{folder}/.gitattributes": b"* export-ignore -diff eol=crlf\n" for folder in folders})


@attempt
def _attributes_in_a_new_version(repository: Repository) -> None:
    repository.commit({**NEW, f"{FRESH}/.gitattributes": b"* export-subst\n"})


@attempt
def _ignored_and_taken_away(repository: Repository) -> None:
    repository.commit({".gitignore": f"/{METRICS}\n".encode()})
    repository.git("rm", "--cached", "--quiet", METRICS)
    repository.git("commit", "--quiet", "--message", "Ignore it")


@attempt
def _ignore_file_in_the_registry(repository: Repository) -> None:
    repository.commit({f"{ROOT}/.gitignore": b"*\n"})


@attempt
def _submodule_in_place_of_the_models(repository: Repository) -> None:
    repository.git("rm", "-r", "--quiet", f"{ROOT}/models")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{repository.head},{ROOT}/models")
    repository.git("commit", "--quiet", "--message", "Use the models of another repository")


@attempt
def _submodules_named_with_a_version(repository: Repository) -> None:
    repository.commit({".gitmodules": b'[submodule "x"]\n\tpath = x\n\turl = https://evil.example.org/x\n', **NEW})


@attempt
def _submodules_named_alone(repository: Repository) -> None:
    repository.commit({".gitmodules": b'[submodule "x"]\n\tpath = x\n\turl = https://evil.example.org/x\n'})


@attempt
def _registry_in_other_letters(repository: Repository) -> None:
    repository.commit({"Model_Registry/fraud-1.1.0/metrics.json": BETTER})


@attempt
def _configuration_in_other_letters_with_a_version(repository: Repository) -> None:
    repository.commit({".DVC/config": b"[core]\n", ".GitAttributes": b"* -text\n", "DVC.yaml": b"{}\n", **NEW})


@attempt
def _owners_of_code_with_a_version(repository: Repository) -> None:
    repository.commit({".github/CODEOWNERS": b"* @eve\n", **NEW})


# Histories.


@attempt
def _merge_that_brings_its_own(repository: Repository) -> str:
    repository.git("switch", "--quiet", "--create", "topic")
    repository.commit(NEW)
    repository.git("switch", "--quiet", "main")
    base = repository.commit({"docs/x": b"x"})
    repository.git("switch", "--quiet", "topic")
    repository.git("merge", "--quiet", "--no-commit", "main")
    repository.commit({METRICS: BETTER}, "Merge branch 'main'")
    return base


@attempt
def _merge_of_many_that_brings_its_own(repository: Repository) -> None:
    base = repository.head
    for name in ("a", "b", "c"):
        repository.git("switch", "--quiet", "--create", name, base)
        repository.commit({f"docs/{name}": b""})
    repository.git("switch", "--quiet", "--create", "topic", base)
    repository.git("merge", "--quiet", "--no-ff", "--message", "Merge", "a", "b", "c")
    repository.write({METRICS: BETTER})
    repository.git("commit", "--quiet", "--all", "--amend", "--message", "Merge branches 'a', 'b' and 'c'")


@attempt
def _merge_that_drops_what_main_has(repository: Repository) -> str:
    repository.git("switch", "--quiet", "--create", "topic")
    repository.commit({"docs/x": b"x"})
    repository.git("switch", "--quiet", "main")
    base = repository.commit(NEW, "Register fraud@1.2.0")
    repository.git("switch", "--quiet", "topic")
    repository.git("merge", "--quiet", "--strategy", "ours", "--message", "Merge branch 'main'", "main")
    return base


@attempt
def _stale_base_that_a_tombstone_has_passed(repository: Repository) -> str:
    """Register what main has retired meanwhile, from before; a forge judges the merge of the two."""
    repository.git("switch", "--quiet", "--create", "topic")
    repository.commit(NEW, "Register fraud@1.2.0")
    repository.git("switch", "--quiet", "main")
    base = repository.commit(
        {MODEL: text_of(MODEL) + b"retired: {1.2.0: {reason: Withdrawn., tree: %s}}\n" % (b"a" * 40)}
    )
    repository.git("merge", "--quiet", "--no-ff", "--message", "Merge branch 'topic'", "topic")
    return base


@attempt
def _commit_replaced_by_a_clean_one(repository: Repository) -> None:
    base = repository.head
    clean = repository.commit({"docs/x": b"x"})
    repository.git("reset", "--quiet", "--hard", base)
    repository.git("replace", repository.commit({METRICS: BETTER}), clean)


@attempt
def _tree_replaced_by_a_clean_one(repository: Repository) -> str:
    base = repository.head
    repository.commit({METRICS: BETTER})
    repository.git("replace", *(repository.git("rev-parse", f"{each}:{OLD}") for each in ("HEAD", base)))
    return base


@attempt
def _grafted_behind_the_change(repository: Repository) -> str:
    base = repository.head
    repository.git("switch", "--quiet", "--create", "topic")
    bad = repository.commit({METRICS: BETTER})
    repository.commit({"docs/x": b"x"})
    (repository.path / ".git/info/grafts").write_text(f"{base} {bad}\n")
    return "auto"


# Two changes, each of which is judged for itself.


def retired(repository: Repository, *, tree: str | None = None, reason: str = "Old.") -> str:
    """Retire fraud@1.0.0 as it should be, and return the commit."""
    tree = tree or repository.git("rev-parse", f"HEAD:{OLDER}")
    repository.git("rm", "-r", "--quiet", OLDER, f"{ROOT}/stages/production")
    return repository.commit({MODEL: text_of(MODEL) + tombstone(tree, reason)}, "Retire fraud@1.0.0")


def tombstone(tree: str, reason: str = "Old.") -> bytes:
    return f"retired:\n  1.0.0: {{reason: {reason}, tree: {tree}}}\n".encode()


@attempt
def _retired_and_registered_again(repository: Repository) -> str:
    base = retired(repository)
    again = {path: data for path, data in valid_files().items() if path.startswith(f"{OLDER}/")}
    repository.commit({**again, f"{OLDER}/metrics.json": BETTER})
    return base


@attempt
def _document_of_the_model_deleted(repository: Repository) -> str:
    base = retired(repository)
    repository.git("rm", "--quiet", MODEL)
    repository.commit({})
    return base


@attempt
def _document_of_the_model_linked(repository: Repository) -> str:
    base = retired(repository)
    (repository.path / MODEL).unlink()
    (repository.path / MODEL).symlink_to("../../docs/fraud.yaml")
    repository.commit({"docs/fraud.yaml": text_of(MODEL)})
    return base


@attempt
def _document_of_the_model_unreadable(repository: Repository) -> str:
    base = retired(repository)
    repository.commit({MODEL: b"name: [\n"})
    return base


@attempt
def _reason_of_a_tombstone_rewritten(repository: Repository) -> str:
    base = retired(repository)
    repository.commit(
        {MODEL: text_of(MODEL) + tombstone(repository.git("rev-parse", f"HEAD~1:{OLDER}"), "Never mind.")}
    )
    return base


@attempt
def _tombstone_of_another_tree(repository: Repository) -> None:
    retired(repository, tree=repository.git("rev-parse", f"HEAD:{OLD}"))


@attempt
def _tombstone_before_the_removal(repository: Repository) -> None:
    repository.commit({MODEL: text_of(MODEL) + tombstone(repository.git("rev-parse", f"HEAD:{OLDER}"))})


@attempt
def _yanked_no_more(repository: Repository) -> str:
    base = repository.commit({MODEL: text_of(MODEL) + b"yanked: {1.0.0: Trained on leaked labels.}\n"})
    repository.commit({MODEL: text_of(MODEL)})
    return base


# The archive.


@attempt
def _archive_written_on_in_its_last_line(repository: Repository) -> str:
    base = repository.commit({ARCHIVE: b'{"version": "0.9.0", "accuracy": 0.8'})
    repository.commit({ARCHIVE: b'{"version": "0.9.0", "accuracy": 0.89}\n'})
    return base


@attempt
def _archive_that_hides_a_figure(repository: Repository) -> str:
    base = repository.commit({ARCHIVE: LINE})
    repository.commit({ARCHIVE: LINE + '{"version": "0.9.1\u202e", "accuracy": 0.8, "accuracy": 0.9}\n'.encode()})
    return base


@attempt
def _archive_that_nobody_can_read(repository: Repository) -> None:
    repository.commit({ARCHIVE: b'none\n\xff\n{"accuracy": NaN}\n0.9\n\n'})


@attempt
def _archive_of_a_megabyte_more(repository: Repository) -> str:
    base = repository.commit({ARCHIVE: LINE})
    repository.commit({ARCHIVE: LINE + b"{}\n" * 400_000})
    return base


@attempt
def _archive_deleted(repository: Repository) -> str:
    base = repository.commit({ARCHIVE: LINE})
    repository.git("rm", "--quiet", ARCHIVE)
    repository.commit({})
    return base


@attempt
def _archive_made_executable(repository: Repository) -> str:
    base = repository.commit({ARCHIVE: LINE})
    (repository.path / ARCHIVE).chmod(0o755)
    repository.commit({})
    return base


@attempt
def _archive_linked(repository: Repository) -> str:
    base = repository.commit({ARCHIVE: LINE})
    (repository.path / ARCHIVE).unlink()
    (repository.path / ARCHIVE).symlink_to("../../docs/fraud.jsonl")
    repository.commit({"docs/fraud.jsonl": LINE})
    return base


# The policy.


def exempting(rule: str, path: str) -> bytes:
    waiver = f"exemptions:\n- {{rule: {rule}, path: {path}, reason: Because., expires: '2099-01-01'}}\n"
    return text_of(POLICY) + waiver.encode()


@attempt
def _exempted_from_immutability(repository: Repository) -> None:
    repository.commit({POLICY: exempting("MY601", METRICS)})


@attempt
def _exempted_from_immutability_before(repository: Repository) -> str:
    base = repository.commit({POLICY: exempting("MY601", METRICS)})
    repository.commit({METRICS: BETTER})
    return base


@attempt
def _exempted_in_the_same_change(repository: Repository) -> None:
    repository.commit({POLICY: exempting("MY105", f"{FRESH}/evil.txt"), **NEW, f"{FRESH}/evil.txt": b"x"})


@attempt
def _exemption_that_hides_what_for(repository: Repository) -> None:
    repository.commit({POLICY: exempting("MY105", f'"{FRESH}/notes\\u200b.txt"')})


@attempt
def _exemption_of_everything(repository: Repository) -> str:
    base = repository.commit({POLICY: exempting("MY105", f'"{FRESH}/*"')})
    repository.commit({**NEW, f"{FRESH}/evil.txt": b"x"})
    return base


@attempt
def _immutability_made_a_note_before(repository: Repository) -> str:
    base = repository.commit({POLICY: text_of(POLICY) + b"rules: {MY601: {severity: note}}\n"})
    repository.commit({METRICS: BETTER})
    return base


@attempt
def _policy_in_other_letters(repository: Repository) -> None:
    repository.git("mv", POLICY, f"{ROOT}/Registry.yaml")
    repository.commit({})


@attempt
def _policy_beside_the_policy(repository: Repository) -> None:
    repository.commit({f"{ROOT}/registry.yml": b"stages: []\n", f"{ROOT}/registry.json": b"{}\n"})


@attempt
def _policy_linked(repository: Repository) -> None:
    (repository.path / POLICY).unlink()
    (repository.path / POLICY).symlink_to("../policy.yaml")
    repository.commit({"policy.yaml": b"schema_version: 1\n"})


@attempt
def _policy_emptied(repository: Repository) -> None:
    repository.commit({POLICY: b""})


@attempt
def _registry_moved(repository: Repository) -> None:
    repository.git("mv", ROOT, "registry")
    repository.commit({})


# What an index and a work tree can hide.


@staged
def _only_in_the_index(repository: Repository) -> None:
    better = blob(repository, BETTER)
    repository.git("update-index", "--cacheinfo", f"100644,{better},{METRICS}")


@staged
def _removed_from_the_index_alone(repository: Repository) -> None:
    repository.git("rm", "--cached", "--quiet", METRICS)


@staged
def _made_executable_in_the_index_alone(repository: Repository) -> None:
    repository.git("update-index", "--chmod=+x", METRICS)


@staged
def _announced_and_not_added(repository: Repository) -> None:
    repository.write({f"{OLD}/notes.txt": b"x"})
    repository.git("add", "--intent-to-add", f"{OLD}/notes.txt")


@staged
def _filtered_on_its_way_in(repository: Repository) -> None:
    repository.git("config", "filter.evil.clean", "sed s/0.934/0.999/")
    (repository.path / ".git/info/attributes").write_text("metrics.json filter=evil\n")
    (repository.path / METRICS).touch()
    repository.write({METRICS: text_of(METRICS) + b"\n"})
    repository.git("add", METRICS)


@staged
def _hidden_from_status(repository: Repository) -> None:
    """Edit a file that Git was told to take for unchanged: nothing of it can be committed."""
    repository.git("update-index", "--assume-unchanged", METRICS)
    repository.write({METRICS: BETTER})
    repository.git("add", "--all")


@staged
def _not_in_the_work_tree(repository: Repository) -> None:
    """Leave a version out of a sparse work tree: it is still in the index."""
    repository.git("sparse-checkout", "set", "--no-cone", "/*", f"!/{OLD}/")
