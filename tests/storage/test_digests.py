from __future__ import annotations

import hashlib
import io
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from modelyard.storage.digests import CHUNK, Digester, Digests, chunks, digest_bytes, digest_file, digest_stream


def test_digests_of_nothing() -> None:
    assert digest_bytes(b"") == Digests(
        "d41d8cd98f00b204e9800998ecf8427e",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        0,
    )


@given(st.lists(st.binary()))
def test_digests_do_not_depend_on_the_pieces(pieces: list[bytes]) -> None:
    digester = Digester()
    for piece in pieces:
        digester.update(piece)
    data = b"".join(pieces)

    assert digester.digests() == Digests(hashlib.md5(data).hexdigest(), hashlib.sha256(data).hexdigest(), len(data))


def test_a_file_a_stream_and_bytes_have_the_same_digests(tmp_path: Path) -> None:
    data = b"model" * CHUNK
    path = tmp_path / "model.bin"
    path.write_bytes(data)

    assert digest_file(path) == digest_stream(io.BytesIO(data)) == digest_bytes(data)


@given(st.binary(max_size=50), st.integers(0, 60))
def test_chunks_end_at_the_limit(data: bytes, limit: int) -> None:
    assert b"".join(chunks(io.BytesIO(data), limit=limit)) == data[:limit]
