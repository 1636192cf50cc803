"""Foundation: the files that make a Git repository into a registry, beside what is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard import templates
from modelyard.documents import policy as policy_document
from modelyard.documents import schemas
from modelyard.dvc_files import DVC_CONFIG
from modelyard.lifecycle import hooks
from modelyard.lifecycle.ci import service_of
from modelyard.lifecycle.edits import Edits
from modelyard.snapshot import ROOT
from modelyard.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from modelyard.lifecycle.ci import CiService
    from modelyard.lifecycle.hooks import ToolSource

__all__ = ["REMOTE_NAME", "Foundation", "dvc_config", "found"]

REMOTE_NAME = "storage"

_BEGIN = "# >>> modelyard"
_END = "# <<< modelyard"
_CODEOWNERS_BLOCK = f"""\
{_BEGIN}: who must review what. Put your own teams in, or let `modelyard codeowners` take them from the registry.
# /{ROOT}/                    @example/ml-engineers
# /{ROOT}/stages/production/  @example/model-owners
# /{ROOT}/registry.yaml       @example/platform
{_END}
"""
_DVCIGNORE = """\
# Folders that DVC does not search for pointers. Fixtures of tests may hold broken ones on purpose.
/tests/
"""
_DVC_GITIGNORE = "/config.local\n/tmp\n/cache\n"
_VSCODE = """\
{
  "yaml.schemas": {
    "./schemas/MODEL_METADATA_SCHEMA.json": "model_registry/*/metadata.yaml",
    "./schemas/DATASET_MANIFEST_SCHEMA.json": "model_registry/*/dataset-manifest.yaml",
    "./schemas/MODEL_SCHEMA.json": "model_registry/models/*.yaml",
    "./schemas/STAGE_SCHEMA.json": "model_registry/stages/*/*.yaml",
    "./schemas/POLICY_SCHEMA.json": "model_registry/registry.yaml"
  }
}
"""


@dataclass(frozen=True)
class Foundation:
    """The edits that found a registry, and what the user has to do by hand."""

    edits: Edits
    remarks: tuple[str, ...]


def found(
    existing: Callable[[str], bytes | None],
    *,
    remote_url: str,
    source: ToolSource,
    ci: CiService | None = None,
    asked: str | None = None,
    remotes: Collection[str] = (),
) -> Foundation:
    """Return what a repository lacks to be a registry; what the user wrote stays as it is.

    :param existing: gives the bytes of a file of the repository, or None where there is none.
    :param remote_url: where the DVC remote lies; used only where DVC has no configuration yet.
    :param source: where hooks and jobs get modelyard from.
    :param ci: the service that runs the gate; None where it is to be told from what is there.
    :param asked: the remote that somebody asked for, as the command line of DVC takes it at the
        repository's root; he is told where it was not added.
    :param remotes: names of the remotes that DVC's configuration has already.
    """
    service = ci or service_of(existing)
    fresh = {**dict(_fresh_files(remote_url)), **service.files(source)}
    files = {path: text.encode() for path, text in fresh.items() if existing(path) is None}
    files |= _code_owners(existing, service.code_owners)
    remarks: list[str] = []
    hooks_before = existing(hooks.FILE)
    hooks_after = hooks.with_hooks(hooks_before, source)
    if hooks_after is None:
        remarks.append(f"add these hooks to {hooks.FILE} by hand:\n{hooks.block(source)}")
    elif hooks_after != hooks_before:
        files[hooks.FILE] = hooks_after
    job = service.left_to_do(existing)
    if job is not None:
        remarks.append(job)
    if asked is not None and remote_url.encode() not in (existing(DVC_CONFIG) or remote_url.encode()):
        remarks.append(f"{DVC_CONFIG} exists and was not changed: {_remote_command(asked, remotes)}")
    return Foundation(Edits(files, "Found the model registry", "found-registry"), tuple(remarks))


def _code_owners(existing: Callable[[str], bytes | None], places: tuple[str, ...]) -> dict[str, bytes]:
    """Return the file of code owners with our block in it, where a service looks for one and it has none."""
    if not places:
        return {}
    place = next((path for path in places if existing(path) is not None), places[0])
    owners = existing(place) or b""
    return {} if _BEGIN.encode() in owners else {place: _separated(owners) + _CODEOWNERS_BLOCK.encode()}


def _remote_command(asked: str, remotes: Collection[str]) -> str:
    from shlex import quote

    if REMOTE_NAME in remotes:
        return f"dvc remote modify {REMOTE_NAME} url {quote(asked)}"
    return f"dvc remote add --default {REMOTE_NAME} {quote(asked)} && dvc remote modify {REMOTE_NAME} verify true"


def _fresh_files(remote_url: str) -> Iterator[tuple[str, str]]:
    yield f"{ROOT}/{policy_document.FILE}", templates.load("registry.yaml")
    yield "docs/model_card_template.md", templates.load("model_card_template.md")
    yield DVC_CONFIG, dvc_config(remote_url)
    yield ".dvc/.gitignore", _DVC_GITIGNORE
    yield ".dvcignore", _DVCIGNORE
    yield ".vscode/settings.json", _VSCODE
    for name in schemas.DOCUMENTS:
        yield f"schemas/{name}.json", schemas.text(name)


def dvc_config(remote_url: str) -> str:
    """Return DVC's configuration with one remote, the default one."""
    # verify: without it DVC hands out whatever bytes the remote holds.
    return f"""\
[core]
    remote = {REMOTE_NAME}
['remote "{REMOTE_NAME}"']
    url = {remote_url}
    verify = true
"""


def _separated(text: bytes) -> bytes:
    if not text:
        return b""
    return text if text.endswith(b"\n\n") else text.rstrip(b"\n") + b"\n\n"
