"""Half a key is told before a client is made: which half is missing, and what to do about it."""

from __future__ import annotations

import pytest

from modelyard.errors import UsageError
from modelyard.storage.dvcconfig import RemoteSettings
from modelyard.storage.s3_settings import S3Settings

KEY = {"access_key_id": "AKIA1", "secret_access_key": "secret"}


def parsed(options: dict[str, str], environment: dict[str, str] | None = None) -> S3Settings | None:
    settings = RemoteSettings("storage", "s3://models/registry", options)
    return S3Settings.of(settings, {"HOME": "/nowhere", **(environment or {})})


@pytest.mark.parametrize(
    ("options", "environment", "halves", "hint"),
    [
        (
            {},
            {"AWS_SECRET_ACCESS_KEY": "secret"},
            "secret_access_key without access_key_id",
            "set AWS_ACCESS_KEY_ID too, or unset AWS_SECRET_ACCESS_KEY",
        ),
        (
            {},
            {"AWS_ACCESS_KEY_ID": "AKIA1"},
            "access_key_id without secret_access_key",
            "set AWS_SECRET_ACCESS_KEY too, or unset AWS_ACCESS_KEY_ID",
        ),
        (
            {"access_key_id": "AKIA1"},
            {"AWS_SECRET_ACCESS_KEY": "secret"},
            "access_key_id without secret_access_key",
            "dvc remote modify --local storage secret_access_key <value>, or complete the profile in ~/.aws",
        ),
    ],
)
def test_half_a_key_is_told_with_the_half_that_is_missing(
    options: dict[str, str], environment: dict[str, str], halves: str, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        parsed(options, environment)
    assert caught.value.message == f"remote 'storage' is used with half a key: {halves}"
    assert caught.value.hint == hint


def test_a_public_bucket_and_a_whole_key_need_no_more() -> None:
    assert parsed({"allow_anonymous_login": "true"}, {"AWS_ACCESS_KEY_ID": "AKIA1"}) is not None
    assert parsed({}, {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "secret"}) is not None
    # No key at all may be had from a machine's role.
    assert parsed({}) is not None
