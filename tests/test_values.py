"""Our dataclasses are held to those of the standard library: the same classes, defined by both."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any, ClassVar

import pytest

from modelyard import values

MAKERS = [dataclasses, values]


def classes(maker: Any) -> dict[str, Any]:
    """Define one class of each kind that modelyard uses."""

    @maker.dataclass(frozen=True)
    class Plain:
        one: int
        two: tuple[str, ...] = ()
        hidden: str = maker.field(default="h", compare=False, repr=False)
        made: dict[str, int] = maker.field(default_factory=dict)
        shared: ClassVar[int] = 7

    @maker.dataclass(frozen=True)
    class Child(Plain):
        three: str = "3"
        two: tuple[str, ...] = ("child",)

    @maker.dataclass(frozen=True, kw_only=True)
    class Named:
        a: int = 1
        b: int

    @maker.dataclass(frozen=True, order=True)
    class Ordered:
        first: int
        second: int = 0

    @maker.dataclass
    class Open:
        count: int = 0

    @maker.dataclass(frozen=True)
    class Own:
        text: str

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own) and self.text.lower() == other.text.lower()

        def __hash__(self) -> int:
            return hash(self.text.lower())

        def __repr__(self) -> str:
            return self.text

    @maker.dataclass(frozen=True)
    class Checked:
        size: int

        def __post_init__(self) -> None:
            if self.size < 0:
                raise ValueError(f"size {self.size} is below 0")

    return {kind.__name__: kind for kind in (Plain, Child, Named, Ordered, Open, Own, Checked)}


STANDARD, OURS = map(classes, MAKERS)

MADE: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("Plain", (1,), {}),
    ("Plain", (1, ("x",), "seen"), {"made": {"k": 2}}),
    ("Plain", (), {"one": 4, "hidden": "other"}),
    ("Child", (1,), {}),
    ("Child", (1, ("y",), "h", {}, "4"), {}),
    ("Named", (), {"b": 2}),
    ("Ordered", (3,), {}),
    ("Open", (), {}),
    ("Own", ("Text",), {}),
    ("Checked", (0,), {}),
]

REFUSED: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("Plain", (), {}),
    ("Plain", (1,), {"unknown": 2}),
    ("Plain", (1,), {"one": 2}),
    ("Plain", (1, (), "h", {}, 5), {}),
    ("Named", (1, 2), {}),
    ("Named", (), {"a": 1}),
]


@pytest.mark.parametrize(("name", "arguments", "named"), MADE)
def test_instances_look_alike(name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    standard, ours = STANDARD[name](*arguments, **named), OURS[name](*arguments, **named)
    assert vars(ours) == vars(standard)
    assert repr(ours) == repr(standard)
    assert dataclasses.asdict(ours) == dataclasses.asdict(standard)
    assert [each.name for each in dataclasses.fields(ours)] == [each.name for each in dataclasses.fields(standard)]


@pytest.mark.parametrize(("name", "arguments", "named"), REFUSED)
def test_wrong_arguments_are_refused_alike(name: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError) as standard:
        STANDARD[name](*arguments, **named)
    for _ in range(2):  # the first call compiles
        with pytest.raises(TypeError) as ours:
            OURS[name](*arguments, **named)
        assert str(ours.value) == str(standard.value)


@pytest.mark.parametrize("kinds", [STANDARD, OURS], ids=["standard", "ours"])
def test_equality_hash_and_order(kinds: dict[str, Any]) -> None:
    plain, child, ordered, own = kinds["Plain"], kinds["Child"], kinds["Ordered"], kinds["Own"]
    assert plain(1, hidden="a") == plain(1, hidden="b")
    assert plain(1) != plain(2)
    assert plain(1, (), "h", {}) != child(1, (), "h", {})
    assert plain(1) != 1
    assert hash(ordered(1, 2)) == hash(ordered(1, 2))
    assert sorted([ordered(2), ordered(1, 5), ordered(1)]) == [ordered(1), ordered(1, 5), ordered(2)]
    assert ordered(1) < ordered(2) >= ordered(2) > ordered(1) <= ordered(1)
    assert own("A") == own("a")
    assert len({own("A"), own("a")}) == 1
    with pytest.raises(TypeError, match="not supported between"):
        _ = ordered(1) < 1
    with pytest.raises(TypeError, match="unhashable type: 'Open'"):
        hash(kinds["Open"]())


@pytest.mark.parametrize("kinds", [STANDARD, OURS], ids=["standard", "ours"])
def test_a_frozen_one_stays_as_it_is_and_an_open_one_does_not(kinds: dict[str, Any]) -> None:
    plain, opened = kinds["Plain"](1), kinds["Open"]()
    with pytest.raises(dataclasses.FrozenInstanceError, match=r"^cannot assign to field 'one'$"):
        plain.one = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        del plain.one
    opened.count += 1
    assert opened.count == 1
    assert kinds["Plain"](1).made is not kinds["Plain"](1).made


@pytest.mark.parametrize("replace", [dataclasses.replace, values.replace])
def test_replacing_gives_a_changed_copy(replace: Any) -> None:
    child = OURS["Child"](1, three="x")
    assert replace(child, one=2) == OURS["Child"](2, three="x")
    assert child.one == 1
    with pytest.raises(TypeError, match="unexpected keyword argument 'four'"):
        replace(child, four=4)


@pytest.mark.parametrize("kinds", [STANDARD, OURS], ids=["standard", "ours"])
def test_an_instance_is_checked_after_its_making(kinds: dict[str, Any]) -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match=r"^size -1 is below 0$"):
            kinds["Checked"](-1)


@values.dataclass(frozen=True)
class Copied:
    name: str


def test_copies_are_equal() -> None:
    copied = Copied("x")
    assert copy.deepcopy(copied) == copied
    assert dataclasses.is_dataclass(copied)
    assert repr(copied) == "Copied(name='x')"


def test_nothing_is_compiled_before_the_first_instance() -> None:
    kind = classes(values)["Plain"]
    assert kind.__init__.__name__ == "init"
    kind(1)
    assert kind.__init__.__name__ == "__init__"
