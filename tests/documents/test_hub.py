"""What the gate calls readable, the Hugging Face hub's own library reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from huggingface_hub import ModelCard, ModelCardData
from huggingface_hub.repocard import metadata_load

from modelyard.documents.card import Card
from modelyard.documents.hub_licenses import hub_license, is_hub_license
from modelyard.documents.schema_check import check
from support.cases import CASES
from support.corpus import CORPUS
from support.project import ROOT

if TYPE_CHECKING:
    from pathlib import Path

VALID = sorted((CORPUS / "CARD_SCHEMA" / "valid").glob("*.yaml"))
CARDS = [
    *ROOT.glob("examples/*/MODEL_CARD.md"),
    *(p for c in CASES if not c.name.startswith("MY2") for p in c.glob("head/**/MODEL_CARD.md")),
]


def judged(text: str) -> bool:
    return not check("CARD_SCHEMA", Card.parse(text.encode()).front_matter)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_the_hub_reads_what_the_schema_accepts(path: Path) -> None:
    text = f"---\n{path.read_text(encoding='utf-8')}\n---\n# Card\n"
    assert judged(text)
    data = ModelCard(text).data
    assert isinstance(data, ModelCardData)
    assert [result.metric_type for result in data.eval_results or ()] in ([], ["accuracy", "roc_auc"])


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.parts[-5] if "cases" in path.parts else path.parts[-2])
def test_the_hub_finds_the_same_front_matter(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    card = Card.parse(text.encode())
    assert (metadata_load(path) or {}) == card.front_matter.mapping()
    if judged(text):
        ModelCard(text)


@pytest.mark.parametrize(
    "result",
    [
        "- task: {type: a}\n      metrics: [{type: accuracy, value: 1}]",
        "- dataset: {type: a, name: b}\n      metrics: [{type: accuracy, value: 1}]",
        "- task: {type: a}\n      dataset: {type: a, name: b}",
        "- task: {type: a}\n      dataset: {type: a}\n      metrics: [{type: accuracy, value: 1}]",
        "- task: {type: a}\n      dataset: {type: a, name: b}\n      metrics: [{type: accuracy}]",
        "- task: {name: a}\n      dataset: {type: a, name: b}\n      metrics: [{type: accuracy, value: 1}]",
    ],
)
def test_what_the_hub_cannot_read_is_refused(result: str) -> None:
    text = f"---\nmodel-index:\n- name: fraud\n  results:\n    {result}\n---\n# Card\n"
    assert not judged(text)
    with pytest.raises(ValueError, match="model_index"):
        ModelCard(text)


@pytest.mark.parametrize(
    ("spdx", "hub"),
    [
        ("Apache-2.0", "apache-2.0"),
        ("GPL-3.0-only", "gpl-3.0"),
        ("GPL-3.0-or-later", "gpl-3.0"),
        ("LGPL-2.1-only", "lgpl-2.1"),
        ("ODbL-1.0", "odbl"),
        ("CC0-1.0", "cc0-1.0"),
        ("LicenseRef-Bank", "other"),
        ("MIT OR Apache-2.0", "other"),
    ],
)
def test_a_licence_has_its_name_on_the_hub(spdx: str, hub: str) -> None:
    assert hub_license(spdx) == hub
    assert is_hub_license(hub)
