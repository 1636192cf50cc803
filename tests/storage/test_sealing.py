"""Files sealed and opened: what age and zstd themselves make of them, and whatever somebody puts in their place."""

from __future__ import annotations

import os
import tracemalloc
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from modelyard.documents.sealed import Sealed, Steps
from modelyard.errors import DigestMismatch, NotFinished, UsageError
from modelyard.storage.encryption import VARIABLE
from modelyard.storage.sealing import open_sealed, seal, stated_wrongly
from support.sealing import pyrage, zstd

ADA, GRACE, EVE = (pyrage.x25519.Identity.generate() for _ in range(3))
BOTH = (str(ADA.to_public()), str(GRACE.to_public()))
MODEL = os.urandom(300_000) + bytes(3_000_000)
WRONG = "the version was sealed wrongly: do not use it, and tell its owner"


def sealed_as(steps: Steps, data: bytes = MODEL) -> tuple[bytes, Sealed]:
    sink = BytesIO()
    sealed = seal(BytesIO(data), sink, steps)
    assert sealed == Sealed(sha256(data).hexdigest(), len(data), steps)
    return sink.getvalue(), sealed


def opened(data: bytes, sealed: Sealed) -> bytes:
    sink = BytesIO()
    open_sealed(BytesIO(data), sink, sealed)
    return sink.getvalue()


def refusal(data: bytes, sealed: Sealed) -> str:
    with pytest.raises(DigestMismatch) as caught:
        opened(data, sealed)
    assert caught.value.hint == WRONG
    return caught.value.message


@pytest.fixture(autouse=True)
def ada(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "identity.txt"
    file.write_text(f"# created: today\n# public key: {BOTH[0]}\n{ADA}\n", "utf-8")
    monkeypatch.setenv(VARIABLE, str(file))
    return file


@pytest.mark.parametrize(
    "steps",
    [Steps("zstd"), Steps(recipients=BOTH), Steps("zstd", BOTH), Steps()],
    # The keys are new in each process, and processes that share tests have to name them alike.
    ids=["compressed", "encrypted", "both", "neither"],
)
@pytest.mark.parametrize("data", [b"m", MODEL, bytes(1 << 20)], ids=len)
def test_what_was_sealed_is_opened(steps: Steps, data: bytes) -> None:
    assert opened(*sealed_as(steps, data)) == data


def test_zstd_and_age_open_it_by_themselves() -> None:
    stored, _ = sealed_as(Steps("zstd", BOTH))
    assert zstd.decompress(pyrage.decrypt(stored, [GRACE])) == MODEL
    assert len(stored) < 400_000
    assert sealed_as(Steps("zstd")) == sealed_as(Steps("zstd"))


def test_what_zstd_and_age_sealed_is_opened() -> None:
    recipients = [identity.to_public() for identity in (ADA, GRACE)]
    stored = pyrage.encrypt(zstd.compress(MODEL, level=19), recipients)
    assert opened(stored, Sealed(sha256(MODEL).hexdigest(), len(MODEL), Steps("zstd", BOTH))) == MODEL


def test_any_recipient_opens_it_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    stored, sealed = sealed_as(Steps("zstd", BOTH))
    monkeypatch.setenv(VARIABLE, str(GRACE))
    assert opened(stored, sealed) == MODEL
    monkeypatch.setenv(VARIABLE, str(EVE))
    with pytest.raises(NotFinished) as caught:
        opened(stored, sealed)
    assert caught.value.message == f"the artifact is encrypted, and no identity in {VARIABLE} opens it"


@pytest.mark.parametrize(
    ("named", "error", "message"),
    [
        ("", NotFinished, "the artifact is encrypted, and MODELYARD_AGE_IDENTITY names no identity that opens it"),
        (
            "/no/such/file",
            NotFinished,
            "the identity that MODELYARD_AGE_IDENTITY names cannot be read: /no/such/file: No such file or directory",
        ),
        (
            "AGE-SECRET-KEY-1QQQQ",
            UsageError,
            "what MODELYARD_AGE_IDENTITY names is no file of identities of age, with an AGE-SECRET-KEY-1… on each line",
        ),
    ],
)
def test_says_what_is_wrong_with_the_identity(
    monkeypatch: pytest.MonkeyPatch, named: str, error: type[Exception], message: str
) -> None:
    monkeypatch.setenv(VARIABLE, named)
    with pytest.raises(error) as caught:
        opened(*sealed_as(Steps(recipients=BOTH)))
    assert str(caught.value) == message


def test_a_bomb_is_stopped_at_the_recorded_size() -> None:
    bomb = zstd.compress(bytes(1 << 30))
    assert len(bomb) < 100_000
    sink = BytesIO()
    sealed = Sealed("0" * 64, 5_000_000, Steps("zstd"))
    tracemalloc.start()
    try:
        with pytest.raises(DigestMismatch) as caught:
            open_sealed(BytesIO(bomb), sink, sealed)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.message == (
        f"what is inside is not what was reviewed: expected 5000000 bytes with sha256 {'0' * 64}, "
        "found more than 5000000 bytes"
    )
    assert len(sink.getvalue()) <= 5_000_000
    assert peak < 30_000_000


def test_other_bytes_inside_are_refused() -> None:
    stored, sealed = sealed_as(Steps("zstd", BOTH), b"another model")
    wrong = Sealed(sha256(b"another modeL").hexdigest(), sealed.size, sealed.steps)
    assert refusal(stored, wrong) == (
        f"what is inside is not what was reviewed: expected 13 bytes with sha256 {wrong.sha256}, "
        f"found 13 bytes with sha256 {sealed.sha256}"
    )


def test_what_is_cut_or_longer_or_no_frame_is_refused() -> None:
    stored, sealed = sealed_as(Steps("zstd"))
    said = "what is inside cannot be decompressed: "
    assert refusal(stored[:-10], sealed) == f"{said}it ends too early"
    assert refusal(stored + b"more", sealed) == f"{said}bytes stand behind its end"
    assert refusal(stored + stored, sealed) == f"{said}bytes stand behind its end"
    assert refusal(b"a pickle, perhaps", sealed).startswith(said)
    assert refusal(b"", sealed) == f"{said}it ends too early"


def test_what_was_changed_after_it_was_encrypted_is_refused() -> None:
    stored, sealed = sealed_as(Steps(recipients=BOTH))
    said = "what is inside cannot be decrypted: "
    turned = bytearray(stored)
    turned[-100] ^= 1
    for data in (bytes(turned), stored[:-1], stored + b"m", MODEL, b""):
        assert refusal(data, sealed).startswith(said)


def test_a_full_disk_is_told_as_one() -> None:
    class Full:
        def write(self, data: bytes, /) -> int:
            raise OSError(28, "No space left on device")

        def flush(self) -> None:
            """Nothing was written."""

    stored, sealed = sealed_as(Steps("zstd", BOTH))
    with pytest.raises(OSError, match="No space left"):
        open_sealed(BytesIO(stored), Full(), sealed)


def test_a_frame_may_not_ask_for_any_window() -> None:
    options = {zstd.CompressionParameter.window_log: 28, zstd.CompressionParameter.enable_long_distance_matching: 1}
    compressor = zstd.ZstdCompressor(options=options)
    frame = compressor.compress(MODEL) + compressor.flush()
    sealed = Sealed(sha256(MODEL).hexdigest(), len(MODEL), Steps("zstd"))
    assert refusal(frame, sealed).startswith("what is inside cannot be decompressed: ")


def test_anybody_sees_whether_it_is_encrypted_and_for_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    stored, sealed = sealed_as(Steps("zstd", BOTH))
    assert stated_wrongly(BytesIO(stored), sealed) is None
    fewer = Sealed(sealed.sha256, sealed.size, Steps("zstd", BOTH[:1]))
    assert stated_wrongly(BytesIO(stored), fewer) == "it is encrypted for 2 of age's recipients, and not for 1"
    assert stated_wrongly(BytesIO(MODEL), sealed) == "it is no file of age"
    assert stated_wrongly(BytesIO(b"age-encryption.org/v1\n"), sealed) == "it is no file of age"


def test_who_can_open_it_sees_what_is_inside() -> None:
    stored, sealed = sealed_as(Steps("zstd", BOTH), b"a model")
    assert stated_wrongly(BytesIO(stored), sealed) is None
    other = Sealed(sealed.sha256, 6, sealed.steps)
    assert stated_wrongly(BytesIO(stored), other) == (
        f"what is inside is not what was reviewed: expected 6 bytes with sha256 {sealed.sha256}, "
        "found more than 6 bytes"
    )
