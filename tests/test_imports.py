"""Imports run one way, and what every hook starts stays light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from modelyard import fingerprints

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).parents[1] / "src"
PACKAGE = SOURCE / "modelyard"

# A module imports from its own entry and from those above it, never from one below.
ORDER = (
    "values",
    "errors",
    "portable",
    "addresses",
    "dvc_files",
    "names",
    "exports",
    "ranges",
    "refs",
    "problems",
    "templates",
    "canary",
    "formats",
    "documents",
    "git",
    "tree",
    "content",
    "version_directory",
    "snapshot",
    "codeowners",
    "changes",
    "history",
    "evaluate",
    "rules",
    "resolve",
    "lifecycle",
    "review",
    "storage",
    "index",
    "fingerprints",
    "proposals",
    "bridges",
    "reports",
    "forges",
    "api",
    "cli",
    "__main__",
)

MODULES = sorted(PACKAGE.rglob("*.py"))
HOUSE = Path(__file__).parents[1] / "docs" / "explanation" / "how-data-flows.md"
VALIDATE = PACKAGE / "cli" / "validate_command.py"

# What `modelyard validate` may import beside the standard library, by engine. jsonschema tries the
# libraries of optional formats, of which idna is often installed.
YAML = {"yaml", "_yaml"}
JSONSCHEMA = {"attr", "attrs", "idna", "jsonschema", "jsonschema_specifications", "referencing", "rpds"}
# Dear in the standard library, and needed by few validations or by none.
DEAR = {"dataclasses", "inspect", "difflib", "hashlib", "shutil", "statistics", "tempfile"}
ENGINES = {"jsonschema_rs": {"jsonschema_rs"}, "jsonschema": JSONSCHEMA | {"typing_extensions"}}

# Arguments: where our source is, the statement, and modules that shall seem not to be installed.
REPORT_IMPORTS = """\
import sys
source, statement, *blocked = sys.argv[1:]
before = set(sys.modules)
sys.path.insert(0, source)
sys.modules.update(dict.fromkeys(blocked))
try:
    exec(statement)
finally:
    # Cython's own run-time modules have no spec; nor has a module that seems not to be installed.
    new = {name for name, module in sys.modules.items() if getattr(module, "__spec__", None)} - before
    print("roots:", *{name.partition(".")[0] for name in new})
"""


def place(entry: str) -> int:
    return ORDER.index(entry) if entry in ORDER else len(ORDER)


def entry_of(module: str) -> str | None:
    """Return the entry in ORDER that a dotted name belongs to; None where it is not ours, or the root itself."""
    parts = module.split(".")
    return parts[1] if parts[0] == "modelyard" and len(parts) > 1 else None


def imported_modules(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of each import, those inside functions and under TYPE_CHECKING included."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            assert not node.level, f"{path}:{node.lineno}: relative imports are not followed by this test"
            yield from ((node.lineno, f"{base}.{alias.name}" if base == "modelyard" else base) for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_run_one_way(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own == "__init__":
        return  # the root opens the door to the API, lazily: see the tests of light imports
    assert own in ORDER, f"{own} has no place in ORDER yet"
    uphill = [
        f"{path.name}:{line} imports {module}"
        for line, module in imported_modules(path)
        if (entry := entry_of(module)) and entry != "__version__" and place(entry) > place(own)
    ]
    assert uphill == []


def test_the_page_on_the_house_names_every_room_in_order() -> None:
    rows = [line.split("|")[1] for line in HOUSE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert tuple(room for row in rows for room in re.findall(r"`(\w+)/?`", row)) == ORDER


def test_the_root_imports_nothing_of_ours_when_it_is_imported() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_bytes())
    at_import = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert [node.lineno for node in at_import if "modelyard" in ast.unparse(node)] == []


def imported_roots(statement: str, *, blocked: tuple[str, ...] = ()) -> set[str]:
    """Return which packages a fresh interpreter imports for the statement, beside ours."""
    command = [sys.executable, "-c", REPORT_IMPORTS, str(SOURCE), statement, *blocked]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    print(run.stdout, run.stderr)
    reports = [line for line in run.stdout.splitlines() if line.startswith("roots:")]
    assert reports, run.stderr
    return set(reports[-1].split()[1:]) - {"modelyard"}


def test_importing_modelyard_imports_the_standard_library_alone() -> None:
    assert imported_roots("import modelyard") - sys.stdlib_module_names == set()


def test_importing_the_command_line_imports_the_standard_library_alone() -> None:
    assert imported_roots("import modelyard.cli") - sys.stdlib_module_names == set()


@pytest.mark.skipif(not VALIDATE.exists(), reason="there is no `modelyard validate` yet")
@pytest.mark.parametrize("engine", ENGINES)
def test_validate_imports_yaml_and_one_schema_engine(engine: str, tmp_path: Path) -> None:
    version = tmp_path / "model_registry" / "fraud-1.0.0"
    version.mkdir(parents=True)
    (version.parent / "registry.yaml").write_text("schema_version: 1\n", encoding="utf-8")
    (version / "metadata.yaml").write_text("schema_version: 1\nname: fraud\n", encoding="utf-8")
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    command = f"import os; os.chdir({str(tmp_path)!r}); sys.argv = ['modelyard', 'validate', '.']"
    blocked = () if engine == "jsonschema_rs" else ("jsonschema_rs",)

    roots = imported_roots(f"{command}; from modelyard.cli import main; main()", blocked=blocked)

    assert engine in roots, "the schema engine did not run: this test proves nothing"
    assert roots - sys.stdlib_module_names - YAML - ENGINES[engine] == set()
    if engine == "jsonschema_rs":
        # jsonschema itself imports most of them.
        assert roots & DEAR == set()


def test_a_verdict_depends_on_the_fingerprint_of_all_code_that_judges() -> None:
    named = {*fingerprints._JUDGES, *(Path(name).stem for name in fingerprints._JUDGING_MODULES)}
    # Errors are no verdicts; what reads Git or a work tree brings bytes and judges nothing; templates are data.
    known = named | {"errors", "git", "tree", "templates"}
    judges = [path for name in named for path in PACKAGE.joinpath(name).rglob("*.py")]
    judges += [PACKAGE / name for name in fingerprints._JUDGING_MODULES]
    found = {entry_of(module) for path in judges for _line, module in imported_modules(path)}
    assert found - {None, "__version__"} <= known
