"""What a program sees of an error: the sentence as its text, the hint in its traceback."""

from __future__ import annotations

import sys
import traceback

import pytest

import modelyard
from modelyard.errors import ModelyardError

NOTES = pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 has no notes")


@NOTES
def test_a_traceback_shows_the_hint() -> None:
    error = modelyard.UsageError("it broke", hint="mend it")
    shown = "".join(traceback.format_exception_only(error))
    assert shown == "modelyard.errors.UsageError: it broke\nhint: mend it\n"


@NOTES
def test_without_a_hint_there_is_no_note() -> None:
    assert "".join(traceback.format_exception_only(ModelyardError("it broke"))) == (
        "modelyard.errors.ModelyardError: it broke\n"
    )


def test_the_text_of_an_error_is_its_message_alone() -> None:
    assert str(ModelyardError("it broke", hint="mend it")) == "it broke"


def test_the_package_shows_its_public_names_and_has_them() -> None:
    assert dir(modelyard) == sorted(modelyard.__all__)
    assert all(hasattr(modelyard, name) for name in modelyard.__all__)
