from __future__ import annotations

import io
import pickle
import pickletools
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.formats.machine import Machine
from modelyard.formats.opcodes import read_argument, read_opcode
from modelyard.formats.streams import KEPT, BrokenStream, Stream
from modelyard.formats.symbols import UNKNOWN, Global, Instance, Symbol

PROTOCOLS = st.integers(0, pickle.HIGHEST_PROTOCOL)
NUMBERS = st.integers(1 - 2**63, 2**63 - 1)
ATOMS = st.none() | NUMBERS | st.text(max_size=250)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text(), inner)
        | st.sets(st.integers() | st.text())
        | st.frozensets(st.binary())
        | st.builds(bytearray, st.binary())
    ),
    max_leaves=30,
)


def run(content: bytes) -> tuple[Machine, list[str]]:
    """Run a pickle up to its STOP; return the machine before it, and the names of all opcodes."""
    stream = Stream(io.BufferedReader(io.BytesIO(content)), size=len(content))
    machine, names = Machine(), []
    while True:
        opcode = read_opcode(stream)
        names.append(opcode.name)
        argument = read_argument(stream, opcode)
        if opcode.name == "STOP":
            assert stream.at_end
            return machine, names
        machine.execute(opcode, argument)


def built(content: bytes) -> Symbol:
    return run(content)[0].top


@given(VALUES, PROTOCOLS)
def test_the_same_opcodes_are_read_as_the_standard_library_reads(value: object, protocol: int) -> None:
    content = pickle.dumps(value, protocol)

    assert run(content)[1] == [info.name for info, _, _ in pickletools.genops(content)]


@given(VALUES, PROTOCOLS)
def test_a_whole_pickle_leaves_exactly_one_value(value: object, protocol: int) -> None:
    machine = run(pickle.dumps(value, protocol))[0]
    stop = read_opcode(Stream(io.BufferedReader(io.BytesIO(b".")), size=1))

    machine.execute(stop, b"")

    with pytest.raises(BrokenStream):
        machine.execute(stop, b"")


@given(st.lists(ATOMS, max_size=64), PROTOCOLS)
def test_a_tuple_of_atoms_is_known(items: list[object], protocol: int) -> None:
    assert built(pickle.dumps(tuple(items), protocol)) == tuple(items)


@given(st.tuples(ATOMS, st.tuples(ATOMS)), PROTOCOLS)
def test_what_lies_deeper_in_a_tuple_is_unknown(value: tuple[object, object], protocol: int) -> None:
    assert built(pickle.dumps(value, protocol)) == (value[0], UNKNOWN)


@pytest.mark.parametrize(
    ("value", "symbol"),
    [
        ("x" * 256, "x" * 256),
        ("x" * 257, UNKNOWN),
        ("x" * 5000, UNKNOWN),
        ("\N{GRINNING FACE}" * 256, "\N{GRINNING FACE}" * 256),
        (2**63, UNKNOWN),
        (1.5, UNKNOWN),
    ],
)
@pytest.mark.parametrize("protocol", range(6))
def test_only_what_is_too_large_is_unknown(protocol: int, value: object, symbol: Symbol) -> None:
    assert built(pickle.dumps(value, protocol)) == symbol


@pytest.mark.parametrize("protocol", range(6))
def test_an_escape_that_is_cut_off_with_its_line_is_still_text(protocol: int) -> None:
    assert built(pickle.dumps("x" * (KEPT - 3) + "\N{SNOWMAN}", protocol)) is UNKNOWN


@pytest.mark.parametrize("protocol", range(6))
def test_a_class_is_a_name(protocol: int) -> None:
    assert built(pickle.dumps(pickletools.OpcodeInfo, protocol)) == Global("pickletools", "OpcodeInfo")


@pytest.mark.parametrize("protocol", range(6))
def test_an_object_is_its_class_and_what_is_asked_of_its_state(protocol: int) -> None:
    symbol = built(pickle.dumps(SimpleNamespace(shape=(2, 3), other=1), protocol))

    assert isinstance(symbol, Instance)
    assert (symbol.maker, symbol.state) == (Global("types", "SimpleNamespace"), {"shape": (2, 3)})


@pytest.mark.parametrize(
    "content",
    [
        b"(cm\nC\no.",
        b"(im\nC\n.",
        b"cm\nC\n)R.",
        b"\x80\x02cm\nC\n)\x81.",
        b"\x80\x04cm\nC\n)}\x92.",
        b"\x80\x04\x8c\x01m\x8c\x01C\x93)R.",
        b"ccopyreg\n_reconstructor\n(cm\nC\nc__builtin__\nobject\nNtR.",
    ],
    ids=["OBJ", "INST", "REDUCE", "NEWOBJ", "NEWOBJ_EX", "STACK_GLOBAL", "copyreg"],
)
def test_every_way_to_make_an_object_is_followed(content: bytes) -> None:
    symbol = built(content)

    assert isinstance(symbol, Instance)
    assert symbol.maker == Global("m", "C")


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"((N1t.", ()),
        (b"((0t.", ()),
        (b"I5\n2\x86.", (5, 5)),
        (b"I5\np7\n0g7\n\x85.", (5,)),
        (b"I5\nq\x070h\x07\x85.", (5,)),
        (b"I5\n\x940h\x00\x85.", (5,)),
        (b"h\x07\x85.", (UNKNOWN,)),
        (b"(S'shape'\nI5\nd.", {"shape": 5}),
    ],
)
def test_marks_memories_and_copies_move_values(content: bytes, value: Symbol) -> None:
    assert built(content) == value


@pytest.mark.parametrize("content", [b"0", b"t", b"R", b"s", b"(Nu", b"Iten\n", b"}(Nu", b"b", b"q\x00", b"\x85"])
def test_a_stack_without_what_is_taken_is_broken(content: bytes) -> None:
    with pytest.raises(BrokenStream):
        run(content)


def test_a_stack_beyond_half_a_million_values_is_broken() -> None:
    with pytest.raises(BrokenStream):
        run(b"N" * (2**19 + 1) + b".")
