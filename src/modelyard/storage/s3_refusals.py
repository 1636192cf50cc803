"""What a bucket's server means when it refuses: its codes, in our words, with what to do about each."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import TYPE_CHECKING

from modelyard.errors import NotFinished
from modelyard.storage.certificates import certificate_fault, refused_certificate
from modelyard.storage.http_client import PASSING
from modelyard.storage.remotes import Absent, Interrupted
from modelyard.storage.s3_guard import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.client import HTTPResponse

__all__ = ["Refusals"]

_SAID = re.compile(r"Server returned non-2xx status code: ([0-9]{3} [A-Za-z -]+?):")
_CERTIFICATE = re.compile(r"InvalidCertificate\(\s*(\w+)")
_CODE = re.compile(r"<Code>([A-Za-z]+)</Code>")
_MOST_TOLD = 1 << 14  # bytes of an error's text
_CLOCKS_APART = 300  # seconds; S3 itself allows 900
_CLOCK = "this machine's clock is wrong: set it, and run the command again"
_ADVICE = {
    "NoSuchBucket": "there is no such bucket: look at the address, `dvc remote list`",
    "InvalidAccessKeyId": "the server does not know this key: look at your credentials for it",
    "SignatureDoesNotMatch": "the secret does not belong to the key: look at your credentials for it",
    "RequestTimeTooSkewed": _CLOCK,
    "ExpiredToken": "sign in again, and run the command again",
    "InvalidToken": "sign in again, and run the command again",
    "AuthorizationHeaderMalformed": "name its region: `dvc remote modify {remote} region <region>`",
    "AccessDenied": "the key may not: to read takes s3:GetObject and s3:ListBucket, to push s3:PutObject too",
}
_HINT = "look at its address (`dvc remote list`), at your credentials for it, and at the network"


class Refusals:
    """The exceptions for one remote.

    :ivar describe: the remote as messages name it.
    """

    def __init__(self, name: str, describe: str) -> None:
        self._name = name
        self.describe = describe

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn what obstore raises into what we do.

        :raises Absent: there is no such object.
        :raises Interrupted: the server does not answer, or says "later".
        :raises NotFinished: the server refuses.
        """
        from obstore.exceptions import BaseError

        try:
            yield
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise self._of_text(str(error)) from error
            raise Absent from error
        except (BaseError, OSError) as error:
            text = str(error)
            said = _SAID.search(text)
            if certificate := _CERTIFICATE.search(text):
                fault = certificate_fault(certificate[1])
                raise refused_certificate(fault, describe=self.describe, remote=self._name) from error
            if f"{NOWHERE}," in text:
                hint = "if that is where the objects are, make it the address of the remote: `dvc remote modify`"
                raise NotFinished(f"{self.describe} sends us to another server: not followed", hint=hint) from error
            if "without LOCATION" in text:
                raise self._elsewhere() from error
            if said and not said[1].startswith(tuple(map(str, PASSING))):
                raise self._of_text(text) from error
            raise Interrupted(_reason(text, said)) from error

    def of(self, response: HTTPResponse) -> NotFinished | None:
        """Return what an answer means, or None where it is no refusal that only a bucket's server gives."""
        region = response.getheader("x-amz-bucket-region")
        if 300 <= response.status < 400 and (region or not response.getheader("Location")):
            return self._elsewhere(region)
        if response.status < 400 or response.status in (*PASSING, 412, 416):
            return None
        text = _text(response)
        if response.status == 404 and "NoSuchBucket" not in text:
            return None
        off = response.status in (400, 403) and _is_off(response)
        return self._told([f"{response.status} {response.reason}"], text, hint=_CLOCK if off else None)

    def _of_text(self, text: str) -> NotFinished:
        said = _SAID.search(text)
        return self._told([said[1]] if said else [], text)

    def _told(self, said: list[str], text: str, *, hint: str | None = None) -> NotFinished:
        code = _CODE.search(text)
        words = ", ".join([*said, *([code[1]] if code else [])])
        hint = hint or _ADVICE.get(code[1] if code else "", _HINT).format(remote=self._name)
        return NotFinished(f"{self.describe} cannot be used: it answered {words}", hint=hint)

    def _elsewhere(self, region: str | None = None) -> NotFinished:
        hint = f"name its region: `dvc remote modify {self._name} region {region or '<region>'}`"
        return NotFinished(f"{self.describe} is in another region", hint=hint)


def _reason(text: str, said: re.Match[str] | None) -> str:
    if said:
        return f"it answered {said[1]}"
    if "Timeout" in text or "timed out" in text:
        return "nothing came for too long"
    if "kind: Connect" in text:
        return "there is no connection to it"
    if "kind: Interrupted" in text or "kind: Body" in text:
        return "the connection was cut"
    return text.partition("\n")[0].strip()


def _text(response: HTTPResponse) -> str:
    try:
        return response.read(_MOST_TOLD).decode("utf-8", "replace")
    except (OSError, HTTPException):
        return ""  # the status has to do


def _is_off(response: HTTPResponse) -> bool:
    """Whether the server's clock and ours are so far apart that what we sign is out of date for it, or to come."""
    try:
        theirs = parsedate_to_datetime(response.getheader("Date") or "").timestamp()
    except ValueError:
        return False
    return abs(theirs - time.time()) > _CLOCKS_APART
