"""A second S3 server: moto's, which keeps users with policies, knows ranges, and hands tokens out."""

from __future__ import annotations

import json
import re
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

from support.children import announced, child, drained
from support.objects import files_below
from support.s3 import BUCKET

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["READER", "REGION", "WRITER", "MotoServer", "User", "serve_moto"]

READER = ("s3:GetObject", "s3:ListBucket")
WRITER = (*READER, "s3:PutObject")
REGION = "eu-west-1"

_LISTENING = re.compile(r"Running on (http://127\.0\.0\.1:[0-9]+)")


@dataclass(frozen=True)
class User:
    """Somebody with a key; what the key may do stands in a policy."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    def options(self) -> dict[str, str]:
        """Return DVC's settings that hold the key."""
        keys = {"access_key_id": self.access_key_id, "secret_access_key": self.secret_access_key}
        return {**keys, "session_token": self.session_token} if self.session_token else keys


@dataclass(frozen=True)
class MotoServer:
    """A running server with one bucket, in a region, and a user for each policy that was asked for."""

    endpoint: str
    users: tuple[User, ...]

    def options(self) -> dict[str, str]:
        """Return DVC's settings of a remote on this server, beside its URL and a key."""
        return {"endpointurl": self.endpoint, "region": REGION}


@contextmanager
def serve_moto(objects: Path, *policies: Sequence[str]) -> Iterator[MotoServer]:
    """Serve what lies in a directory, below ``dvc/`` of the bucket, until the block ends.

    :param policies: what the user of each may do with any object.
    """
    with child([sys.executable, Path(__file__).with_name("moto_program.py")]) as process:
        endpoint = announced(process, _LISTENING, name="moto")
        with drained(process):
            client = _clients(endpoint)
            storage = client("s3")
            storage.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
            for name in files_below(objects):
                storage.put_object(Bucket=BUCKET, Key=f"dvc/{name}", Body=(objects / name).read_bytes())
            users = tuple(_user(client("iam"), f"user-{at}", policy) for at, policy in enumerate(policies))
            _ask_for_keys(endpoint)
            yield MotoServer(endpoint, users)


def _clients(endpoint: str) -> Any:
    import boto3

    def client(service: str) -> Any:
        keys = {"aws_access_key_id": "anybody", "aws_secret_access_key": "anything"}
        return boto3.client(service, endpoint_url=endpoint, region_name=REGION, **keys)

    return client


def _user(management: Any, name: str, actions: Sequence[str]) -> User:
    management.create_user(UserName=name)
    allowed = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    management.put_user_policy(UserName=name, PolicyName="objects", PolicyDocument=document)
    key = management.create_access_key(UserName=name)["AccessKey"]
    return User(key["AccessKeyId"], key["SecretAccessKey"])


def _ask_for_keys(endpoint: str) -> None:
    """Let signatures and policies be checked from the next request on."""
    request = Request(f"{endpoint}/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"}, method="POST")
    with urlopen(request) as response:
        response.read()
