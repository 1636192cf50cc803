from __future__ import annotations

import pytest

from modelyard.documents.hidden import hidden_in


@pytest.mark.parametrize(
    ("character", "what"),
    [
        ("\u202e", "U+202E (RIGHT-TO-LEFT OVERRIDE), which reorders the text around it"),
        ("\u2066", "U+2066 (LEFT-TO-RIGHT ISOLATE), which reorders the text around it"),
        ("\u200f", "U+200F (RIGHT-TO-LEFT MARK), which reorders the text around it"),
        ("\u200b", "U+200B (ZERO WIDTH SPACE), which nobody can see"),
        ("\u2060", "U+2060 (WORD JOINER), which nobody can see"),
        ("\u3164", "U+3164 (HANGUL FILLER), which nobody can see"),
        ("\u200d", "U+200D (ZERO WIDTH JOINER), which nobody can see"),
        ("\ufeff", "U+FEFF (ZERO WIDTH NO-BREAK SPACE), which nobody can see"),
        ("\U000e0041", "U+E0041 (TAG LATIN CAPITAL LETTER A), which nobody can see"),
        ("\x1b", "U+001B (ESCAPE), which is a control character"),
        ("\x07", "U+0007, which is a control character"),
    ],
)
def test_names_what_deceives(character: str, what: str) -> None:
    assert list(hidden_in(f"é a{character}b\n".encode())) == [(3, what)]


@pytest.mark.parametrize(
    "text",
    [
        "plain\r\n\ttext\n",
        "\ufeffamount,score\n",
        "naïve café 模型 שלום",
        "نمی\u200cخواهم",
        "👩\u200d👩\u200d👧",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)
def test_leaves_honest_text_alone(text: str) -> None:
    assert list(hidden_in(text.encode())) == []


def test_bytes_that_are_no_text_hold_nothing_hidden() -> None:
    assert list(hidden_in("\0\u202e".encode())) == []
    assert list(hidden_in("Müller".encode("latin-1"))) == []
