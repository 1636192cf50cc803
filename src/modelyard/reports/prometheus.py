"""Figures in the text format of Prometheus, version 0.0.4.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelyard.history.figures import Figures
    from modelyard.history.placed import Placed

__all__ = ["render"]


class _Sample(NamedTuple):
    labels: dict[str, str]
    figure: float
    suffix: str = ""


class _Family(NamedTuple):
    name: str
    kind: str
    help: str
    samples: list[_Sample]


def render(figures: Figures) -> str:
    """Return the figures as a page to be scraped; moments are in seconds since 1970, so nothing in it ages."""
    return "".join(f"{line}\n" for family in _families(figures) for line in _lines(family))


def _families(figures: Figures) -> Iterator[_Family]:
    models = figures.models
    yield _gauge("models", "Models that have a version.", [_Sample({}, sum(each.versions > 0 for each in models))])
    yield _gauge("versions", "Registered versions.", [_Sample({"model": each.name}, each.versions) for each in models])
    yield _gauge(
        "size_bytes",
        "Bytes of all files of the registered versions, as their metadata state them.",
        [_Sample({"model": each.name}, each.size) for each in models],
    )
    yield _gauge(
        "newest_version_timestamp_seconds",
        "When the newest version was registered.",
        [_Sample({"model": each.name}, each.newest.timestamp()) for each in models if each.newest],
    )
    yield from _of_stages([each for model in models for each in model.placed])
    for name, what, counted in (
        ("promotions", "Promotions to a stage, ever.", [(each.name, each.promotions) for each in models]),
        ("rollbacks", "Roll backs of a stage, ever.", [(each.name, each.rollbacks) for each in models]),
    ):
        samples = [
            _Sample({"model": model, "stage": stage}, number)
            for model, stages in counted
            for stage, number in stages.items()
        ]
        yield _Family(f"modelyard_{name}_total", "counter", what, samples)
    yield _waiting(figures)


def _gauge(name: str, what: str, samples: list[_Sample]) -> _Family:
    return _Family(f"modelyard_{name}", "gauge", what, samples)


def _of_stages(placed: Sequence[Placed]) -> Iterator[_Family]:
    where = [{"model": each.name, "stage": each.stage, "version": str(each.version)} for each in placed]
    shares = [1 if each.share is None else each.share / 100 for each in placed]
    since = [each.event.time.timestamp() for each in placed]
    yield _gauge(
        "stage_traffic_ratio", "Share of a stage's traffic that a version in it has.", list(map(_Sample, where, shares))
    )
    yield _gauge(
        "stage_since_timestamp_seconds",
        "When a version came into the stage that it is in.",
        list(map(_Sample, where, since)),
    )


def _waiting(figures: Figures) -> _Family:
    samples: list[_Sample] = []
    for model in figures.models:
        labels = {"model": model.name, "stage": figures.goal or ""}
        if model.waits:
            total = sum(wait.total_seconds() for wait in model.waits)
            samples += [_Sample(labels, len(model.waits), "_count"), _Sample(labels, total, "_sum")]
    what = "From the registration of a version to its first promotion to the last stage."
    return _Family("modelyard_registration_to_stage_seconds", "summary", what, samples)


def _lines(family: _Family) -> Iterator[str]:
    yield f"# HELP {family.name} {family.help}"
    yield f"# TYPE {family.name} {family.kind}"
    for labels, figure, suffix in family.samples:
        pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
        yield f"{family.name}{suffix}{f'{{{pairs}}}' if pairs else ''} {figure:.15g}"


def _escaped(text: str) -> str:
    # A stage is a folder, which a commit can call anything.
    plain = text.encode("utf-8", "replace").decode("utf-8")
    return plain.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
