from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.documents.delivery import Delivery
from modelyard.documents.lockfile import Lock, Locked, parse
from modelyard.documents.plain_json import Unfit
from modelyard.documents.schema_engine import engine_for
from modelyard.names import parse_model_name
from modelyard.refs import Ref, Selector
from support.deliveries import SHA256, VALUE, deliveries

SCHEMA = engine_for("LOCK_SCHEMA")
HINT = "it is written by modelyard alone: take it from Git as it was, or write it anew with `modelyard lock`"
MODEL = VALUE | {"reference": "fraud@production"}
TEXT = """\
{
  "lock_version": 1,
  "models": {
    "fraud": {
      "artifact": "model.joblib",
      "commit": "0000000000000000000000000000000000000000",
      "files": {
        "model.joblib": {"format": "joblib", "md5": "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd", "role": "model", \
"sha256": "abababababababababababababababababababababababababababababababab", "size": 3}
      },
      "reference": "fraud@production",
      "registry": "https://git.example.org/models.git",
      "version": "fraud@1.2.0"
    }
  }
}
"""
CONFLICT = """\
{
  "lock_version": 1,
  "models": {
<<<<<<< HEAD
    "fraud": {}
=======
    "fraud": {"a": 1}
>>>>>>> update-fraud
  }
}
"""


@st.composite
def locks(draw: st.DrawFn) -> Lock:
    names = draw(st.lists(st.sampled_from(["fraud", "embed", "a-b_c"]), unique=True))
    return Lock({name: draw(locked_models()) for name in names})


@st.composite
def locked_models(draw: st.DrawFn) -> Locked:
    delivery: Delivery = draw(deliveries())
    selector: Selector = draw(
        st.sampled_from(
            ["latest", "best", *(Ref.parse(f"x@{each}").selector for each in ("production", "^1.2", "1.0.0"))]
        )
    )
    remote = delivery.remote if draw(st.booleans()) else None
    return Locked(Ref(parse_model_name(delivery.version.name), selector), delivery, remote)


def refusal(value: Any) -> tuple[str, str | None]:
    with pytest.raises(Unfit) as caught:
        parse(value if isinstance(value, bytes) else json.dumps(value, indent=1).encode())
    return caught.value.message, caught.value.hint


@given(locks())
def test_what_is_rendered_is_parsed_to_the_same(lock: Lock) -> None:
    """parse(render(l)) == l, and render(parse(render(l))) == render(l)"""
    assert parse(lock.render()) == lock
    assert parse(lock.render()).render() == lock.render()


@given(locks())
def test_what_is_rendered_follows_the_published_schema(lock: Lock) -> None:
    assert SCHEMA.findings(json.loads(lock.render())) == frozenset()


def test_a_file_is_a_line() -> None:
    lock = parse(json.dumps({"lock_version": 1, "models": {"fraud": MODEL}}).encode())
    assert lock.render().decode() == TEXT
    assert lock.models["fraud"].delivery.files["model.joblib"].sha256 == SHA256


def test_an_unfinished_merge_is_named_with_what_to_do() -> None:
    message = "models.lock:4:1: two changes meet here, and the merge of them is not finished"
    hint = "keep either side as a whole (git checkout --ours models.lock), then: modelyard lock && git add models.lock"
    assert refusal(CONFLICT.encode()) == (message, hint)
    assert refusal(CONFLICT.replace("\n", "\r\n").encode()) == (message, hint)


CASES: dict[str, tuple[Any, str]] = {
    "no version": ({"models": {}}, "1:1: the key 'lock_version' is missing"),
    "a list": ([], "1:1: the file must hold one mapping"),
    "unknown key": ({"lock_version": 1, "models": {}, "a": 1}, "4:2: the key 'a' is not known here"),
    "no model": ({"lock_version": 1, "models": {"fraud": 1}}, "4:12: a model must be a mapping"),
    "name that leads out": (
        {"lock_version": 1, "models": {"../x": MODEL}},
        "4:3: model name '../x' may hold only a-z, 0-9 and single '-' or '_' between them",
    ),
    "a file that leads out": (
        {"lock_version": 1, "models": {"fraud": MODEL | {"files": {"../x": {}}}}},
        "8:5: path '../x' leads out of its directory by '..'",
    ),
    "reference to another model": (
        {"lock_version": 1, "models": {"fraud": MODEL | {"reference": "embed@^1"}}},
        "18:17: 'embed@^1' is not about 'fraud@1.2.0'",
    ),
    "reference that is none": (
        {"lock_version": 1, "models": {"fraud": MODEL | {"reference": "fraud"}}},
        "18:17: 'fraud' does not say which version: write fraud@latest, a stage or a version",
    ),
    "remote that was not asked for": (
        {"lock_version": 1, "models": {"fraud": MODEL | {"asked_remote": "eu"}}},
        "19:20: 'asked_remote' and 'remote' are not the same",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_does_not_belong_is_named_with_its_place(case: str) -> None:
    value, message = CASES[case]
    assert refusal(value)[0] == f"models.lock:{message}"
    assert refusal(value)[1] in (HINT, "write it anew")


def test_a_lock_of_a_later_modelyard_is_not_guessed_at() -> None:
    message = "models.lock:2:18: 'lock_version' is '2', and this modelyard reads 1"
    hint = "install the modelyard that wrote it, or: modelyard lock"
    assert refusal({"lock_version": 2, "anything": []}) == (message, hint)


def test_a_model_that_stands_twice_is_refused() -> None:
    data = b'{"lock_version": 1, "models": {"a": {},\n "a": {}}}'
    message = "models.lock:2:2: the key 'a' stands twice, first on line 1"
    assert refusal(data) == (message, "keep one of the two")
