from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.documents.locations import parse_dataset, parse_repository, parse_uri, parse_url
from modelyard.documents.scalars import InvalidScalar

if TYPE_CHECKING:
    from collections.abc import Callable

CREDENTIALS = (
    "the address holds credentials",
    "leave the credentials out; keep them in `dvc remote modify --local` or the environment",
)
TOKEN = ("the address holds a signature or a token", CREDENTIALS[1])
NO_REPOSITORY = "write its URL, or `.` for this repository; `git remote get-url origin` prints it"
ALL = [parse_url, parse_dataset, parse_repository, parse_uri]
SECRET = st.text("abcdefghij0123456789", min_size=8, max_size=20)


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_url, "https://data.example.org/a%20b/c.yaml?version=3#part"),
        (parse_url, "http://[::1]:8080/x"),
        (parse_url, "s3://bucket/key@2"),
        (parse_url, "gs://bucket"),
        (parse_url, "dvc://storage/files"),
        (parse_dataset, "dataset-manifest.yaml"),
        (parse_dataset, "s3://bucket/manifest.yaml"),
        (parse_repository, "."),
        (parse_repository, "https://git.example.org/team/fraud.git"),
        (parse_repository, "ssh://git@git.example.org:2222/team/fraud.git"),
        (parse_repository, "git@git.example.org:team/fraud.git"),
        (parse_repository, "git.example.org:/srv/fraud.git"),
        (parse_repository, "/srv/git/fraud training.git"),
        (parse_repository, "file:///srv/git/fraud.git"),
        (parse_uri, "sqlite:///mlflow.db"),
        (parse_uri, "databricks"),
        (parse_uri, "https://mlflow.example.org:5000"),
    ],
)
def test_a_location_is_returned(parse: Callable[[str], str], text: str) -> None:
    assert parse(text) == text


@pytest.mark.parametrize(
    ("parse", "text", "message", "hint"),
    [
        (parse_url, "ftp://example.org/a", "'ftp://example.org/a' is not an http, https, s3, gs or dvc URL", ""),
        (
            parse_url,
            "s3://bucket/a b",
            "'s3://bucket/a b' is not an http, https, s3, gs or dvc URL",
            "write a space as %20",
        ),
        (parse_url, "https://", "'https://' is not an http, https, s3, gs or dvc URL", ""),
        (parse_url, "https://-x/", "'https://-x/' is not an http, https, s3, gs or dvc URL", ""),
        (parse_url, "https://me:secret@example.org/", *CREDENTIALS),
        (parse_url, "https://token@example.org/", *CREDENTIALS),
        (parse_url, "s3://bucket/a?X-Amz-Signature=1f", *TOKEN),
        (parse_url, "https://example.org/a?b=1&SIG=1f", *TOKEN),
        (
            parse_url,
            "https://example.org/" + "a" * 2000,
            "the address has 2020 characters, at most 2000 are allowed",
            "",
        ),
        (
            parse_dataset,
            "data/manifest.yaml",
            "'data/manifest.yaml' is not one plain file name",
            "name a file in this same directory",
        ),
        (parse_repository, "", "'' is not a Git repository", NO_REPOSITORY),
        (parse_repository, "../fraud.git", "'../fraud.git' is not a Git repository", NO_REPOSITORY),
        (parse_repository, "ext::sh -c id", "'ext::sh -c id' is not a Git repository", NO_REPOSITORY),
        (parse_repository, "ext::sh", "'ext::sh' is not a Git repository", NO_REPOSITORY),
        (parse_repository, "-oProxyCommand=id:x", "'-oProxyCommand=id:x' is not a Git repository", NO_REPOSITORY),
        (parse_repository, "--upload-pack=id", "'--upload-pack=id' is not a Git repository", NO_REPOSITORY),
        (parse_repository, "https://me@git.example.org/a", *CREDENTIALS),
        (parse_repository, "ssh://me:secret@git.example.org/a", *CREDENTIALS),
        (parse_uri, "postgresql://me:secret@db.example.org/mlflow", *CREDENTIALS),
        (parse_uri, "./mlruns", "'./mlruns' is not a URI", ""),
    ],
)
def test_anything_else_is_refused(parse: Callable[[str], str], text: str, message: str, hint: str) -> None:
    with pytest.raises(InvalidScalar) as raised:
        parse(text)
    assert (raised.value.message, raised.value.hint) == (message, hint)


@pytest.mark.parametrize("parse", ALL)
@given(
    secret=SECRET, scheme=st.sampled_from(["https", "http", "s3", "ssh", "ftp", "HTTPS", "x"]), host=st.text(max_size=5)
)
def test_a_password_is_refused_and_never_repeated(
    parse: Callable[[str], str], secret: str, scheme: str, host: str
) -> None:
    """parse("s://user:P@h") fails, and P is not in what it says"""
    with pytest.raises(InvalidScalar) as raised:
        parse(f"{scheme}://user:{secret}@{host}/path")
    assert secret not in raised.value.message + raised.value.hint


@pytest.mark.parametrize("parse", ALL)
@given(
    secret=SECRET,
    name=st.sampled_from(["token", "sig", "X-Amz-Signature", "x-goog-signature", "AWSAccessKeyId", "api_key"]),
)
def test_a_signed_query_is_refused_and_never_repeated(parse: Callable[[str], str], secret: str, name: str) -> None:
    """parse("https://h/?token=P") fails, and P is not in what it says"""
    with pytest.raises(InvalidScalar) as raised:
        parse(f"https://example.org/data?a=b&{name}={secret}")
    assert secret not in raised.value.message + raised.value.hint
