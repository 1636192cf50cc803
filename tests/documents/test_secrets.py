from __future__ import annotations

import base64
import string
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.documents.secrets import secrets_in


def letters(count: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    """Return characters that look random, always the same ones; so no secret stands in this file as such."""
    return "".join(Random(count).choices(alphabet, k=count))


UPPER = string.ascii_uppercase + "234567"
TOKENS = [
    ("a private key", "-----BEGIN " + "PRIVATE KEY-----"),
    ("a private key", "-----BEGIN RSA " + "PRIVATE KEY-----"),
    ("a private key", "-----BEGIN OPENSSH " + "PRIVATE KEY-----"),
    ("a private key", "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----"),
    ("an identity of age", "AGE-" + "SECRET-KEY-1" + letters(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")),
    ("an access key id of AWS", "AK" + "IA" + letters(16, UPPER)),
    ("an API key of Google", "AI" + "za" + letters(35)),
    ("an account key of Azure", base64.b64encode(Random(1).randbytes(64)).decode()),
    ("a token of GitHub", "gh" + "p_" + letters(36)),
    ("a token of GitHub", "github_" + "pat_" + letters(22) + "_" + letters(59)),
    ("a token of GitLab", "gl" + "pat-" + letters(20)),
    ("a token of Slack", "xo" + "xb-" + letters(24)),
    ("a token of Hugging Face", "h" + "f_" + letters(34, string.ascii_letters)),
    ("an API key of Weights & Biases", "wandb_" + "v1_" + letters(60)),
    ("an API key of Anthropic", "sk-" + "ant-api03-" + letters(93)),
    ("an API key of OpenAI", "sk-" + "proj-" + letters(40) + "T3Blbk" + "FJ" + letters(40)),
    ("a token of npm", "np" + "m_" + letters(36)),
    ("a token of PyPI", "pypi-" + "AgEIcHlwaS5vcmc" + letters(60)),
    ("a JSON web token", "ey" + "J" + letters(20) + ".ey" + "J" + letters(40) + "." + letters(43)),
]


def found(text: str) -> list[tuple[str, int, str]]:
    return [(secret.kind, secret.offset, secret.beginning) for secret in secrets_in(text.encode())]


@pytest.mark.parametrize(("kind", "token"), TOKENS, ids=lambda value: value[:14])
def test_finds_a_token_by_its_form(kind: str, token: str) -> None:
    before = "AccountKey=" if "Azure" in kind else "é see "
    assert found(f"{before}{token}\nand more\n") == [(kind, len(before), token[:4])]


def test_shows_no_more_than_the_first_four_characters() -> None:
    (secret,) = secrets_in(("gh" + "p_" + letters(36)).encode())
    assert str(secret) == "a token of GitHub (ghp_…)"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("password: Tr0ub4dor-and-3", "a value of `password`"),
        ('"db_password": "9fK2vv81qLmZ"', "a value of `password`"),
        ("AWS_SECRET_ACCESS_KEY=" + letters(40), "a value of `SECRET_ACCESS_KEY`"),
        ("export WANDB_API_KEY=" + letters(40, "0123456789abcdef"), "a value of `API_KEY`"),
        ("auth_token = 'a8Kd02Ls9QpX'", "a value of `auth_token`"),
        ("postgres://reader:s3cr3t@db.internal.net/payments", "a password in a URL"),
        ("https://token:x0auth-basic@git.internal.net/a.git", "a password in a URL"),
    ],
)
def test_finds_a_password_by_its_name_and_place(text: str, kind: str) -> None:
    assert [secret.kind for secret in secrets_in(text.encode())] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "password: ********",
        "password: <your-password-123>",
        "password: ${DB_PASSWORD_2}",
        "password = os.environ['DB_PASSWORD_1']",
        "password: changeme-12345",
        "password: correct horse battery staple",
        "token: 0123456789abcdef0123456789abcdef01234567",
        f"token: {UUID(int=2**127 - 5)}",
        "secret: sha256:" + "0a1b2c3d" * 8,
        "eos_token: <|finetune_right_pad_id_1|>",
        "max_tokens: 1234567890123",
        "The tokenizer splits each token: see tokenizer.json.",
        "https://user:password1@db.example.org/x",
        "postgres://user:pass1@localhost/x",
        "git@github.com:org/repo.git and ssh://git@host.net/x",
        "s3://bucket/path:with-colon/and@sign",
        "AK" + "IAIOSFODNN7" + "EXAMPLE",
        "gh" + "p_" + "x" * 36,
        "sha256: bc37163fdad158abddde94da7d4a81278dd335e30835584bef83f734ee5dbefe",
        "md5: a2d5d04c767f0300f5a849af0517910c.dir",
        "commit 89e6c98d92887913cadf06b2adb97f26cde4849b",
        "half_" + letters(40),
    ],
)
def test_takes_nothing_else_for_a_secret(text: str) -> None:
    assert found(text) == []


def test_bytes_with_a_nul_are_no_text() -> None:
    assert list(secrets_in(b"\0password: Tr0ub4dor-and-3")) == []


@given(st.binary(max_size=400))
def test_any_bytes_are_read(data: bytes) -> None:
    for secret in secrets_in(data + b" password=" + data):
        assert len(secret.beginning) <= 4


@pytest.mark.parametrize(
    "piece",
    [
        "password",
        "password: ",
        "://",
        "://a:",
        "eyJ" + "a" * 50,
        "eyJa.",
        "://" + "a" * 99 + ":",
        "-----BEGIN A ",
        "sk-a",
    ],
)
def test_a_megabyte_of_beginnings_is_read_to_its_end(piece: str) -> None:
    # Reading that goes back for each beginning would not end today.
    data = (piece * (1 << 20))[: 1 << 20].encode() + b" t3blbkfj private key\npassword: Tr0ub4dor-and-3"
    assert [secret.beginning for secret in secrets_in(data)] == ["Tr0u"]
