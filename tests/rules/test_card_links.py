from __future__ import annotations

import pytest

from modelyard.documents.card import Card
from modelyard.rules.card_links import anchors, broken_link
from support.snapshots import snapshot_with


def told(text: str) -> list[str]:
    snapshot = snapshot_with({"fraud-1.1.0/MODEL_CARD.md": text})
    version = snapshot.version(snapshot.version_ids[-1])
    found = broken_link(version, snapshot.policy)
    return [f"{each.position.line}:{each.position.column} {each.message}" for each in found if each.position]


@pytest.mark.parametrize(
    "text",
    [
        "[a](metrics.json)",
        "[a](./metrics.json 'title')",
        "[a](<metrics.json>)",
        "[a](metrics%2Ejson)",
        "[a](metrics.json#L3) and [b](metrics.json?plain=1)",
        "[a](.)",
        "[a](#)",
        "[a](#top)",
        "# Two words\n\n[a](#two-words)",
        "# Same\n\n# Same\n\n[a](#same-1)",
        "# `code` and *stars* & [link](https://example.org)\n\n[a](#code-and-stars--link)",
        "Größe\n=====\n\n[a](#größe) [b](#gr%C3%B6%C3%9Fe)",
        '<a id="here"></a>\n\n[a](#here)',
        "[a][b]\n\n[b]: metrics.json 'title'",
        "[a](https://example.org) [b](//example.org) [c](mailto:a@example.org) <a@example.org>",
        "`[a](nowhere)` and\n\n    [a](nowhere)\n\n```\n[a](nowhere)\n```",
        "a[^1]\n\n[^1]: nowhere",
        r"\[a](nowhere) and [a\](nowhere)",
        "<!-- [a](nowhere) -->",
    ],
)
def test_a_link_that_leads_somewhere(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("see [a](nowhere)", "1:9 the link 'nowhere' leads to no file of the version"),
        ("![a](<no where.png>)", "1:7 the link 'no where.png' leads to no file of the version"),
        ("> - [a](nowhere)", "1:9 the link 'nowhere' leads to no file of the version"),
        ("\t- a\n-\t[a](nowhere)", "2:7 the link 'nowhere' leads to no file of the version"),
        ("[a][b]\n\n[b]:\n  nowhere", "4:3 the link 'nowhere' leads to no file of the version"),
        ("| [a](nowhere) | b |\n|---|---|", "1:7 the link 'nowhere' leads to no file of the version"),
        ("[a](x/../../other)", "1:5 the link 'x/../../other' leads out of the version's directory"),
        ("[a](%2e%2e/other)", "1:5 the link '%2e%2e/other' leads out of the version's directory"),
        ("[a](&#46;./other)", "1:5 the link '../other' leads out of the version's directory"),
        ("[a](/etc/passwd)", "1:5 the link '/etc/passwd' is absolute, and leads out of the version's directory"),
        ("[a](#nowhere)", "1:5 the link '#nowhere' leads to no heading of the card"),
        ("[a](#)\n[b](MODEL_CARD.md#x)", "2:5 the link '#x' leads to no heading of the card"),
        ('<img src="nowhere.png">', "1:6 the link 'nowhere.png' leads to no file of the version"),
    ],
)
def test_a_link_that_leads_nowhere(text: str, message: str) -> None:
    assert told(text) == [message]


def test_headings_in_quotes_have_names_too() -> None:
    card = Card.parse(b"# A b\n\n> ## C <!-- d -->\n\n- ### E.\n")
    assert anchors(card) == {"", "top", "a-b", "c", "e"}
