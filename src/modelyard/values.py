"""Dataclasses that cost next to nothing to define.

``dataclasses.dataclass`` writes and compiles up to six functions for each class: 0.4 ms, where a hook
starts modelyard anew for every commit and meets about eighty classes. Here they share their methods,
and ``__init__`` is compiled when the first instance is made. To a type checker, and to
``dataclasses.fields``, ``asdict`` and ``replace``, such a class is an ordinary dataclass.

Supported is what modelyard uses: ``frozen``, ``kw_only``, ``eq``, ``order``, and fields with a default, a
factory, ``compare`` and ``repr``, and ``__post_init__``. The module must hold its annotations as strings.
"""

from __future__ import annotations

from functools import total_ordering
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["cached_property", "dataclass", "field", "replace"]

_REQUIRED: Any = object()


class _Member:
    """One field of a class."""

    name = ""
    kw_only = False

    def __init__(
        self,
        default: Any = _REQUIRED,
        factory: Callable[[], Any] | None = None,
        compare: bool = True,  # noqa: FBT001, FBT002
        repr: bool = True,  # noqa: A002, FBT001, FBT002
    ) -> None:
        self.default = default
        self.factory = factory
        self.compare = compare
        self.repr = repr

    @property
    def parameter(self) -> str:
        required = self.default is _REQUIRED and self.factory is None
        return self.name if required else f"{self.name}=_default_{self.name}"

    @property
    def value(self) -> str:
        return f"_factory_{self.name}() if {self.name} is _REQUIRED else {self.name}" if self.factory else self.name


def _field(
    *,
    default: Any = _REQUIRED,
    default_factory: Callable[[], Any] | None = None,
    compare: bool = True,
    repr: bool = True,  # noqa: A002 - as dataclasses.field names it
) -> Any:
    return _Member(default, default_factory, compare, repr)


def _dataclass(
    kind: Any = None, *, frozen: bool = False, kw_only: bool = False, eq: bool = True, order: bool = False
) -> Any:
    def define(kind: Any) -> Any:
        kind.__modelyard_members__ = _members(kind, kw_only=kw_only)
        compared = [member.name for member in kind.__modelyard_members__.values() if member.compare]
        kind.__modelyard_key__ = attrgetter(*compared)
        _lend(kind, __repr__=_repr)
        if eq and "__eq__" not in vars(kind):
            _lend(kind, __eq__=_eq, __hash__=_hash if frozen else None)
        if order:
            _lend(kind, __lt__=_lt)
            total_ordering(kind)
        if frozen:
            _lend(kind, __setattr__=_refuse, __delattr__=_refuse)
        kind.__init__ = _first_init(kind, frozen=frozen)
        kind.__dataclass_fields__ = _StandardFields()
        return kind

    return define(kind) if kind else define


def _members(kind: Any, *, kw_only: bool) -> dict[str, _Member]:
    found: dict[str, _Member] = {}
    for base in reversed(kind.__mro__[1:]):
        found.update(vars(base).get("__modelyard_members__", {}))
    for name, annotation in kind.__annotations__.items():
        if annotation.startswith("ClassVar"):
            continue
        given = vars(kind).get(name, _REQUIRED)
        member = given if isinstance(given, _Member) else _Member(given)
        member.name, member.kw_only = name, kw_only
        found[name] = member
        if isinstance(given, _Member):
            delattr(kind, name)
    return found


def _lend(kind: Any, **methods: Callable[..., Any] | None) -> None:
    for name, method in methods.items():
        if name not in vars(kind):
            setattr(kind, name, method)


def _first_init(kind: Any, *, frozen: bool) -> Callable[..., None]:
    def init(self: object, *arguments: Any, **named: Any) -> None:
        kind.__init__ = _compiled_init(kind, frozen=frozen)
        kind.__init__(self, *arguments, **named)

    return init


def _compiled_init(kind: Any, *, frozen: bool) -> Callable[..., None]:
    members = kind.__modelyard_members__.values()
    positional = [member.parameter for member in members if not member.kw_only]
    named = [member.parameter for member in members if member.kw_only]
    store = "    _set(self, {0.name!r}, {0.value})" if frozen else "    self.{0.name} = {0.value}"
    signature = ", ".join(["self", *positional, *(["*", *named] if named else [])])
    check = ["    self.__post_init__()"] if hasattr(kind, "__post_init__") else []
    source = "\n".join([f"def __init__({signature}):", *map(store.format, members), *check])
    scope: dict[str, Any] = {"_REQUIRED": _REQUIRED, "_set": object.__setattr__, "__name__": kind.__module__}
    scope.update((f"_default_{member.name}", member.default) for member in members)
    scope.update((f"_factory_{member.name}", member.factory) for member in members)
    exec(source, scope)  # noqa: S102 - made of field names alone, as dataclasses does it
    compiled: Callable[..., None] = scope["__init__"]
    compiled.__qualname__ = f"{kind.__qualname__}.__init__"
    return compiled


class _StandardFields:
    """``__dataclass_fields__``, made by the standard library when somebody asks for it."""

    def __get__(self, _instance: object, kind: Any) -> Any:
        import dataclasses

        owner = next(each for each in kind.__mro__ if vars(each).get("__dataclass_fields__") is self)
        fields = [(member.name, Any, _standard_field(member)) for member in owner.__modelyard_members__.values()]
        standard: Any = dataclasses.make_dataclass(owner.__name__, fields)
        owner.__dataclass_fields__ = standard.__dataclass_fields__
        return standard.__dataclass_fields__


def _standard_field(member: _Member) -> Any:
    import dataclasses

    default: dict[str, Any] = {} if member.default is _REQUIRED else {"default": member.default}
    if member.factory:
        default = {"default_factory": member.factory}
    return dataclasses.field(**default, compare=member.compare, repr=member.repr, kw_only=member.kw_only)


def _replace(instance: Any, /, **changes: Any) -> Any:
    kept = {name: getattr(instance, name) for name in instance.__modelyard_members__ if name not in changes}
    return type(instance)(**kept, **changes)


def _repr(self: Any) -> str:
    shown = [name for name, member in self.__modelyard_members__.items() if member.repr]
    return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


def _eq(self: Any, other: object) -> Any:
    key = self.__modelyard_key__
    return key(self) == key(other) if type(self) is type(other) else NotImplemented


def _lt(self: Any, other: object) -> Any:
    key = self.__modelyard_key__
    return key(self) < key(other) if type(self) is type(other) else NotImplemented


def _hash(self: Any) -> int:
    return hash(self.__modelyard_key__(self))


def _refuse(_self: object, name: str, _value: object = None) -> NoReturn:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


class _CachedProperty:
    """``functools.cached_property`` without the lock that it takes before Python 3.12: a hundred times a version."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, _owner: type) -> Any:
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._function(instance)
        return value


if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
    from functools import cached_property
else:
    cached_property, dataclass, field, replace = _CachedProperty, _dataclass, _field, _replace
