"""Time how bytes get to a consumer, against what else brings them, and write docs/reference/delivery-speed.md.

``python benchmarks/delivery.py [--versions N] [--many N] [--rounds N] [--only WORD]``

One registry of so many versions holds three artifacts more: a file of 10 MB, one of 200 MB, and a directory of 1,000
files of 100 kB. They lie in a directory and behind a real S3 server on this machine (``rclone serve s3``). All
clients get the same bytes from the same server, in turn; what one run has kept is removed before the next one.

The small artifact is pulled from a registry of many more versions too, and the large one over a link of 100 MB/s: in a
network of our own (``unshare``), whose loopback is shaped (``tc``, ``tbf``), where the machine lets us make one.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from random import Random
from statistics import median

from memory import peak
from registry import make_registry
from run import BARE, ROOT, surroundings

sys.path.insert(0, str(ROOT / "tests"))

from support.s3 import BUCKET, S3Server, serve_s3

RESULTS = ROOT / "docs/reference/delivery-speed.md"
VERSIONS, MANY, FEW = 1_000, 10_000, 10
MOST_MEGABYTES = 200
SIZES = {"small": 10_000_000, "large": 200_000_000}
FILES, SIZE_OF_EACH = 1_000, 100_000
ARTIFACTS = {"small": "small/model.bin", "large": "large/model.bin", "many": "many/parts"}
SHAPE = "ip link set lo up && tc qdisc add dev lo root tbf rate 800mbit burst 1mb latency 50ms && exec "
SECTIONS = ("Model description", "Intended use", "Limitations", "Dataset sources", "Evaluation metrics", "License")
CARD = "# An artifact\n\n" + "".join(f"## {each}\n\nBytes that somebody fetches.\n\n" for each in SECTIONS)
CARD += "## Contact\n\nml@example.org\n"


@dataclass(frozen=True)
class Place:
    """A registry whose objects are in one place, the clone of a consumer, and what both need of their surroundings.

    :param versions: how many versions it has beside those that are pulled.
    """

    versions: int
    origin: Path
    clone: Path
    storage: Path
    server: S3Server | None
    scratch: Path

    @property
    def url(self) -> str:
        return f"file://{self.origin}"

    @property
    def commit(self) -> str:
        return run_git(self.origin, "rev-parse", "HEAD")

    def environment(self) -> dict[str, str]:
        """Return ours, with a home and a cache of its own, and with the server's key."""
        found = {**surroundings(), "HOME": str(self.scratch), "MODELYARD_CACHE": str(self.scratch / "cache")}
        found["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
        if self.server:
            found["AWS_ACCESS_KEY_ID"] = self.server.access_key_id
            found["AWS_SECRET_ACCESS_KEY"] = self.server.secret_access_key
            found["MLFLOW_S3_ENDPOINT_URL"] = self.server.endpoint
        return found

    def object(self, name: str) -> str:
        """Return where the object of a file lies below the storage."""
        text = (self.clone / f"model_registry/{name}-1.0.0/model.bin.dvc").read_text("utf-8")
        md5 = text.partition("md5: ")[2].split()[0]
        return f"files/md5/{md5[:2]}/{md5[2:]}"


@dataclass(frozen=True)
class Pair:
    """A command of ours and a yardstick, as shell commands in an empty directory.

    :param target: the largest ratio that is fine, None where there is only something to know.
    :param forget: whether what was kept is removed before each run.
    :param rounds: how often both are run; None for as often as was asked for.
    """

    what: str
    own: str
    other: str
    target: float | None = None
    forget: bool = True
    rounds: int | None = None


def pairs(place: Place) -> Iterator[Pair]:
    """Yield what is measured at one place."""
    where = "S3" if place.server else "a directory"
    small, large, many = (_ours(place, name) for name in ARTIFACTS)
    dvc_pull = f"cd {place.clone} && dvc pull --quiet model_registry/{{0}}-1.0.0/{{1}}.dvc"
    yield Pair(f"10 MB, {where}, cold", small, _dvc_get(place), 1 / 25)
    yield Pair(f"10 MB, {where}, cold", small, dvc_pull.format("small", "model.bin"), 1 / 4)
    yield Pair(f"10 MB, {where}, cold", small, f"dvc artifacts get --quiet {place.url} small -o out")
    if place.server is None or find_spec("boto3"):
        yield Pair(f"10 MB, {where}, cold", small, f"mlflow artifacts download -u {_address(place, 'small')} -d out")
    yield Pair(f"200 MB, {where}, cold", large, _bare(place, "large"))
    yield Pair(f"200 MB, {where}, cold", large, f"{_bare(place, 'large', '-')} | tee >(md5sum) >(sha256sum) > out", 1.3)
    yield Pair(f"200 MB, {where}, cold", large, dvc_pull.format("large", "model.bin"))
    yield Pair(f"1,000 files, {where}, cold", many, _rclone(place), 2.0)
    yield Pair(f"1,000 files, {where}, cold", many, dvc_pull.format("many", "parts"))
    pinned = f"{small} --as-of {place.commit}"
    yield Pair(f"10 MB, {where}, pinned and in place", pinned, BARE, 2.0, forget=False)


def pairs_of_many(place: Place) -> Iterator[Pair]:
    """Yield what is measured at a registry of many versions."""
    small, what = _ours(place, "small"), f"10 MB, a directory, {place.versions:,} versions"
    yield Pair(f"{what}, cold", small, _dvc_get(place), 1 / 25, rounds=1)
    pull = f"cd {place.clone} && dvc pull --quiet model_registry/small-1.0.0/model.bin.dvc"
    yield Pair(f"{what}, cold", small, pull, 1 / 4)
    yield Pair(f"{what}, pinned and in place", f"{small} --as-of {place.commit}", BARE, 2.0, forget=False)


def pairs_of_link(place: Place) -> Iterator[Pair]:
    """Yield what is measured over a shaped link."""
    yield Pair("200 MB, S3 on a link of 100 MB/s, cold", _ours(place, "large"), _bare(place, "large"), 1.3)


def _ours(place: Place, name: str) -> str:
    return f"modelyard pull {name}@1.0.0 --repo {place.url} --out out"


def _dvc_get(place: Place) -> str:
    return f"dvc get --quiet {place.url} model_registry/small-1.0.0/model.bin -o out"


def _address(place: Place, name: str) -> str:
    return f"s3://{BUCKET}/{place.object(name)}" if place.server else f"{place.storage}/{place.object(name)}"


def _bare(place: Place, name: str, out: str = "out") -> str:
    """Return what fetches one object and does nothing else."""
    if place.server is None:
        return f"cp {place.storage}/{place.object(name)} {'/dev/stdout' if out == '-' else out}"
    key = f"{place.server.access_key_id}:{place.server.secret_access_key}"
    url = f"{place.server.endpoint}/{BUCKET}/{place.object(name)}"
    return f"curl --silent --fail --aws-sigv4 aws:amz:us-east-1:s3 --user {key} --output {out} {url}"


def _rclone(place: Place) -> str:
    """Return what copies the 1,000 objects, which are listed."""
    rclone = Path(sys.executable).with_name("rclone")
    listed = place.scratch / "listed"
    source = str(place.storage)
    if place.server:
        source = f":s3,provider=Other,env_auth=true,region=us-east-1,endpoint='{place.server.endpoint}':{BUCKET}"
    return f'{rclone} copy --config "" --files-from {listed} "{source}" out'


@contextmanager
def places(directory: Path, versions: int, many: int = 0) -> Iterator[tuple[Place, ...]]:
    """Make both registries, and serve what has to be served until the block ends.

    :param many: versions of a third one, in a directory and with the small artifact alone; none where it is zero.
    """
    made = directory / "training"
    make_artifacts(made)
    with serve_s3(directory / "served") as server:
        plain = _place(directory / "plain", made, versions, None)
        third = (_place(directory / "third", made, many, None, ("small",)),) if many else ()
        yield plain, _place(directory / "s3", made, versions, server), *third


def make_artifacts(directory: Path) -> None:
    """Write the three artifacts into a repository of their own, the same bytes each time."""
    # No first byte that a pickle could start with: the gate would want to read it.
    random = Random(20261125)  # noqa: S311 - bytes that are the same each time
    for name, size in SIZES.items():
        (directory / name).mkdir(parents=True)
        (directory / name / "model.bin").write_bytes(b"\0" + random.randbytes(size - 1))
    (directory / "many/parts").mkdir(parents=True)
    for number in range(FILES):
        (directory / f"many/parts/{number:04}.bin").write_bytes(b"\0" + random.randbytes(SIZE_OF_EACH - 1))
    (directory / "MODEL_CARD.md").write_text(CARD, "utf-8")
    (directory / "data.csv").write_text("a,b\n1,2\n", "utf-8")
    (directory / ".gitignore").write_text("*.bin\n", "utf-8")
    run_git(directory, "init", "--quiet")
    run_git(directory, "remote", "add", "origin", "https://git.example.org/training.git")
    commit(directory, "Train")


def _place(
    directory: Path,
    training: Path,
    versions: int,
    server: S3Server | None,
    names: tuple[str, ...] = tuple(ARTIFACTS),
) -> Place:
    registry, storage, scratch = directory / "registry", directory / "storage", directory / "home"
    registry.parent.mkdir()
    make_registry(registry, versions)
    storage = server.bucket if server else storage
    storage.mkdir(exist_ok=True)
    scratch.mkdir()
    (registry / ".dvc").mkdir(exist_ok=True)
    url = (
        f"url = s3://{BUCKET}\n    endpointurl = {server.endpoint}\n    region = us-east-1"
        if server
        else f"url = {storage}"
    )
    (registry / ".dvc/config").write_text(f"[core]\n    remote = store\n['remote \"store\"']\n    {url}\n", "utf-8")
    (registry / ".dvc/.gitignore").write_text("/cache\n/tmp\n/config.local\n", "utf-8")
    declared = "\n  small:\n    path: model_registry/small-1.0.0/model.bin\n    type: model\n"
    (registry / "dvc.yaml").write_text(f"artifacts:{declared}", "utf-8")
    commit(registry, "Keep artifacts in a store")
    place = Place(versions, directory / "origin.git", directory / "clone", storage, server, scratch)
    for name in names:
        words = (
            "--dataset",
            training / "data.csv",
            "--license",
            "MIT",
            "--description",
            "An artifact to be fetched.",
            "--card",
            training / "MODEL_CARD.md",
            "--owner",
            "ml@example.org",
        )
        given = ("--registry", registry, "--artifact", training / ARTIFACTS[name], "--commit")
        ran(["modelyard", "register", name, *given, *words], place.environment(), training)
    # What `dvc artifacts get` looks for.
    run_git(registry, "tag", "--annotate", "--message", "Register small", "small@v1.0.0")
    run_git(directory, "clone", "--quiet", "--bare", str(registry), str(place.origin))
    run_git(place.origin, "config", "uploadpack.allowFilter", "true")
    run_git(directory, "clone", "--quiet", str(place.origin), str(place.clone))
    parts = sorted(each.relative_to(storage).as_posix() for each in storage.rglob("*") if each.is_file())
    sizes = {each: (storage / each).stat().st_size for each in parts}
    (scratch / "listed").write_text("\n".join(each for each in parts if sizes[each] == SIZE_OF_EACH), "utf-8")
    return place


def run_git(directory: Path, *words: str) -> str:
    """Return what git prints."""
    who = ("-c", "user.name=Bench", "-c", "user.email=bench@example.org")
    ran = subprocess.run(["git", "-C", str(directory), *who, *words], check=True, capture_output=True, text=True)
    return ran.stdout.strip()


def commit(directory: Path, message: str) -> None:
    """Commit whatever lies in a work tree."""
    run_git(directory, "add", "--all", "--force" if (directory / ".dvc").exists() else "--verbose")
    run_git(directory, "commit", "--quiet", "--message", message)


def ran(words: list[object], environment: Mapping[str, str], directory: Path) -> None:
    """Run a command that must succeed, as whoever commits."""
    who = {f"GIT_{role}_{what}": "bench@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(
        [str(word) for word in words], env={**environment, **who}, cwd=directory, stdout=subprocess.DEVNULL, check=True
    )


def measure(pair: Pair, place: Place, rounds: int) -> tuple[float, float, int]:
    """Return the medians of both in seconds, and the peak of our memory in megabytes."""
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        memory = peak(["bash", "-c", pair.own], cwd=here, env=place.environment())
        own, other = [], []
        for _ in range(pair.rounds or rounds):
            own.append(seconds(pair.own, place, here, forget=pair.forget))
            other.append(seconds(pair.other, place, here, forget=pair.forget))
    return median(own), median(other), round(memory / 1_000_000)


def seconds(command: str, place: Place, here: Path, *, forget: bool) -> float:
    """Return how long a command takes that must succeed."""
    if forget:
        for kept in (place.scratch / "cache", place.clone / ".dvc/cache", place.clone / ".dvc/tmp", here / "out"):
            shutil.rmtree(kept, ignore_errors=True)
        (here / "out").unlink(missing_ok=True)
        run_git(place.clone, "clean", "-xdfq", "model_registry")
    started = time.perf_counter()
    subprocess.run(["bash", "-c", command], cwd=here, env=place.environment(), stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def row(pair: Pair, own: float, other: float, memory: int, place: Place) -> str:
    """Return a line of the table."""
    target = "" if pair.target is None else f"{pair.target:.2f}"
    kept = (pair.target is None or own / other <= pair.target) and memory <= MOST_MEGABYTES
    verdict = "missed" if not kept else "kept" if pair.target else ""
    # Where things lie on this machine is nobody's business.
    shown = pair.other.replace(str(place.scratch.parent), "…").replace("|", "\\|")
    if place.server:
        shown = shown.replace(place.server.endpoint, "http://…").replace(place.server.secret_access_key, "…")
    shown = shown.replace(str(Path(sys.executable).parent) + os.sep, "")
    figures = f"{own * 1000:.0f} ms | {other * 1000:.0f} ms | {own / other:.3f} | {target} | {verdict}"
    return f"| {pair.what} | `{shown}` | {figures} | {memory} MB |"


def main() -> None:
    """Measure, print, and write what was measured whole."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--versions", type=int, default=VERSIONS)
    parser.add_argument("--many", type=int, default=MANY, help="versions of the third registry; 0 leaves it out")
    parser.add_argument("--link", action="store_true", help="measure over the link alone, which is this network's")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", metavar="WORD", help="measure only what has the word in its name")
    arguments = parser.parse_args()
    # The server's program lies beside Python.
    os.environ["PATH"] = surroundings()["PATH"]
    if arguments.link:
        measure_link(arguments.rounds)
        return
    head = "| what | against | ours | that | ratio | at most | | our memory |"
    lines = [head, "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    print(*lines, sep="\n", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="delivery-") as name,
        places(Path(name), arguments.versions, arguments.many) as made,
    ):
        for number, place in enumerate(made):
            for pair in pairs_of_many(place) if number == len(made) - 1 and arguments.many else pairs(place):
                if arguments.only in pair.what:
                    lines.append(row(pair, *measure(pair, place, arguments.rounds), place))
                    print(lines[-1], flush=True)
    if not arguments.only or arguments.only in "link":
        lines += over_a_link(arguments.rounds)
    if not arguments.only and (arguments.versions, arguments.many) == (VERSIONS, MANY):
        RESULTS.write_text(f"{_title(arguments.rounds)}\n" + "\n".join(lines) + _MISSING, "utf-8")


def over_a_link(rounds: int) -> list[str]:
    """Return the rows of a shaped link, which are measured in a network of their own; none where there can be none."""
    words = shlex.join([sys.executable, __file__, "--link", "--rounds", str(rounds)])
    command = ["unshare", "--map-root-user", "--net", "sh", "-c", SHAPE + words]
    found = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    print(found.stdout, end="", flush=True)
    return found.stdout.splitlines() if found.returncode == 0 else []


def measure_link(rounds: int) -> None:
    """Print the rows of a shaped link."""
    with tempfile.TemporaryDirectory(prefix="delivery-") as name, places(Path(name), FEW) as (_plain, place):
        for pair in pairs_of_link(place):
            print(row(pair, *measure(pair, place, rounds), place), flush=True)


_MISSING = """
The row of a link of 100 MB/s is there where the machine lets us shape one (`unshare`, `tc`). Not measured: links with a
delay, `huggingface_hub.snapshot_download`, which asks a Hub, and `mlflow artifacts download` from S3 where boto3 is
not installed.
"""


def _title(rounds: int) -> str:
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    return (
        f"# How fast bytes arrive\n\nWritten by `python benchmarks/delivery.py` on a machine of {machine}. Medians of "
        f"{rounds} runs in turn, in a registry of {VERSIONS:,} versions. `…` is a directory of the benchmark's.\n"
    )


if __name__ == "__main__":
    main()
