"""``modelyard register``."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from modelyard.cli import console, proposal, reading
from modelyard.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from modelyard.api.checkout import Checkout
    from modelyard.api.registering import Registered
    from modelyard.api.request import RegisterRequest

__all__ = ["EXAMPLE", "add_arguments", "run"]

EXAMPLE = """\
  modelyard register fraud --artifact out/model.joblib --file preprocessor=out/scaler.joblib \\
      --metrics accuracy=0.93 auc=0.97 --n 1200 --dataset data/dataset-manifest.yaml \\
      --license Apache-2.0 --card MODEL_CARD.md --bump auto --branch
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", metavar="NAME", help="the model: a-z, 0-9, single - or _ between them")
    reading.add_place(parser)
    _add_artifact(parser.add_argument_group("what is registered"))
    _add_measurements(parser.add_argument_group("how good it is"))
    _add_documents(parser.add_argument_group("what it is"))
    _add_source(parser.add_argument_group("where it comes from (default: the repository around the artifact)"))
    parser.add_argument("--in-git", action="store_true", help="keep a small artifact in Git itself, without DVC")
    parser.add_argument(
        "--no-push", dest="push", action="store_false", help="leave the DVC remote for `modelyard push`"
    )
    proposal.add_arguments(parser, usual="register/NAME-VERSION")


def _add_artifact(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--artifact", type=Path, required=True, metavar="FILE|DIR", help="the model itself")
    group.add_argument("--file", action="append", default=[], metavar="ROLE=PATH", help="a further file; repeatable")
    version = group.add_mutually_exclusive_group()
    version.add_argument("--version", metavar="V", help="the new version, MAJOR.MINOR.PATCH")
    version.add_argument(
        "--bump",
        choices=("patch", "minor", "major", "auto"),
        help="the next version; auto (default) asks commits and signature; the first version is 1.0.0",
    )


def _add_measurements(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--metrics", nargs="+", default=[], metavar="FILE|k=v", help="metrics, as a file or in place")
    group.add_argument("--evaluation", type=Path, metavar="FILE", help="rows, data set and intervals by split or slice")
    group.add_argument("--n", type=int, metavar="ROWS", help="number of rows that the test metrics were measured on")


def _add_documents(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--dataset", required=True, metavar="FILE|URL", help="data set manifest, data file, or URL")
    group.add_argument("--license", required=True, metavar="ID", help="SPDX expression, such as Apache-2.0")
    group.add_argument("--license-file", type=Path, metavar="FILE", help="text of a LicenseRef-… licence")
    group.add_argument("--card", type=Path, metavar="FILE", help="model card (default: MODEL_CARD.md by the artifact)")
    group.add_argument("--description", metavar="TEXT", help="default: the card's first paragraph")
    group.add_argument("--params", nargs="+", default=[], metavar="FILE|k=v", help="parameters of the training")
    group.add_argument("--signature", type=Path, metavar="FILE", help="inputs and outputs of the model")
    group.add_argument("--task", metavar="TASK", help="such as tabular-classification")
    group.add_argument("--tag", action="append", default=[], metavar="TAG", help="repeatable")
    group.add_argument("--parent", action="append", default=[], metavar="NAME@V", help="lineage; repeatable")
    group.add_argument(
        "--owner", action="append", default=[], metavar="WHO", help="owner of a new model; repeatable (default: you)"
    )


def _add_source(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--source-repo", metavar="URL", help="the training repository")
    group.add_argument("--source-commit", metavar="ID", help="its commit, in full")
    group.add_argument("--source-dir", type=Path, metavar="DIR", help="a clone of it")
    group.add_argument("--allow-dirty", action="store_true", help="put up with uncommitted changes in it")
    group.add_argument("--mlflow-run", metavar="ID", help="take parameters and metrics of an MLflow run")
    group.add_argument("--mlflow-uri", metavar="URI", help="where that run is kept (default: MLFLOW_TRACKING_URI)")


def run(arguments: argparse.Namespace) -> int:
    """Register, and say what was written and what comes next."""
    from modelyard.api.refusing import GateRefused
    from modelyard.api.registering import bytes_to_write, register_version

    checkout = proposal.checkout_of(arguments)
    with console.progress_bar("store") as progress:
        request = _request(arguments, checkout.default_owners, progress)
        progress.expect(bytes_to_write(checkout, request))
        try:
            registered = register_version(checkout, request)
        except GateRefused as refused:
            return console.report_refusal(refused, refused.judgement)
    _tell(registered, arguments, checkout)
    return 0


def _request(arguments: argparse.Namespace, default_owners: object, progress: object) -> RegisterRequest:
    from modelyard.api import inputs
    from modelyard.api.request import RegisterRequest

    return RegisterRequest(
        name=arguments.name,
        artifact=arguments.artifact,
        files=[_file(word) for word in arguments.file],
        version=arguments.version,
        bump=arguments.bump,
        metrics=inputs.assignments(arguments.metrics, "--metrics") if arguments.metrics else {},
        evaluation=inputs.read_mapping(arguments.evaluation, "--evaluation") if arguments.evaluation else {},
        rows=_rows(arguments.n),
        dataset=arguments.dataset,
        license=arguments.license,
        license_file=arguments.license_file,
        card=arguments.card,
        description=arguments.description,
        params=inputs.assignments(arguments.params, "--params") if arguments.params else {},
        signature=inputs.read_mapping(arguments.signature, "--signature") if arguments.signature else None,
        task=arguments.task,
        tags=arguments.tag,
        parents=arguments.parent,
        owners=arguments.owner or default_owners(),  # type: ignore[operator]
        source_repo=arguments.source_repo,
        source_commit=arguments.source_commit,
        source_directory=arguments.source_dir,
        allow_dirty=arguments.allow_dirty,
        mlflow_run=arguments.mlflow_run,
        mlflow_uri=arguments.mlflow_uri,
        in_git=arguments.in_git,
        push=arguments.push,
        branch=arguments.branch,
        progress=progress,  # type: ignore[arg-type]
    )


def _file(word: str) -> tuple[str, Path]:
    role, equals, path = word.partition("=")
    if not equals or not role or not path:
        raise UsageError(f"--file {word!r} is not ROLE=PATH", hint="--file preprocessor=out/scaler.joblib")
    return role, Path(path)


def _rows(number: int | None) -> int | None:
    if number is not None and number < 1:
        raise UsageError(f"--n is {number}, but a metric needs at least one row", hint="--n ROWS")
    return number


def _tell(registered: Registered, arguments: argparse.Namespace, checkout: Checkout) -> None:
    from modelyard.cli.amounts import amount

    why = f" ({registered.bump_reason})" if registered.bump_reason else ""
    console.say(f"{console.good('registered')} {registered.version_id}{why}")
    framework = registered.framework
    made_by = f", made by {framework}" if framework else ""
    console.say(f"  artifact  {amount(registered.size)}{made_by}")
    if registered.remote:
        verb = "committed with it, in" if registered.embedded else "pushed to"
        console.say(f"  stored    {verb} {registered.remote}")
    proposal.say_where(registered.paths, branch=registered.branch, commit=registered.commit)
    if registered.published and registered.published.remote:
        proposal.say_published(registered.published, console.git_in(arguments.registry))
        return
    git = console.git_in(arguments.registry)
    steps = proposal.steps(
        git,
        checkout,
        branch=registered.branch,
        usual=f"register/{registered.version_id.directory}",
        paths=sorted({_folder(path) for path in registered.paths}),
        subject=f"Register {registered.version_id}",
        here=arguments.branch == proposal.HERE,
    )
    proposal.say_steps(
        (*([] if registered.remote or arguments.in_git else [_push(registered, arguments, git)]), *steps)
    )


def _push(registered: Registered, arguments: argparse.Namespace, git: str) -> str:
    """Return what stores the artifact that was left for later: it has to be in the work tree for that."""
    elsewhere = "" if git == "git" else f" --repo {quote(str(arguments.registry))}"
    push = f"modelyard push {registered.version_id}{elsewhere}"
    if registered.branch is None or arguments.branch == proposal.HERE:
        return push
    return f"{git} switch {registered.branch} && {push} && {git} switch -"


def _folder(path: str) -> str:
    """Return what to name to ``git add``: a version's directory, another file by itself, a remote as a whole."""
    parts = path.split("/")
    if "files" in parts and parts[0] != "model_registry":
        return "/".join(parts[: parts.index("files")])
    return "/".join(parts[:2]) if parts[0] == "model_registry" and parts[1] not in ("models", "stages") else path
