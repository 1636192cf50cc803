"""Locations in documents: URLs, repositories and URIs, never with a credential in them.

A registry is read by many; a password or a signed query in it is leaked for good. So a location
that holds one is refused, and the message about it never repeats the text.
"""

from __future__ import annotations

import re

from modelyard.documents.paths import parse_file_name
from modelyard.documents.scalars import InvalidScalar, quoted

__all__ = ["parse_dataset", "parse_repository", "parse_uri", "parse_url"]

_LONGEST = 2000
# The characters of RFC 3986.
_CHARACTER = r"[!#-;=?-\[\]_a-z~]"
_HOST = r"(?:[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
_USER = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
_URL = rf"(?:https?|s3|gs|dvc)://{_HOST}(?:[/?#]{_CHARACTER}*)?"
_URI = rf"[A-Za-z][A-Za-z0-9+.-]*(?::{_CHARACTER}+)?"
_GIT_URL = rf"(?:https?|git|ssh)://(?:{_USER}@)?{_HOST}(?:[/?#]{_CHARACTER}*)?|file:///{_CHARACTER}*"
# `host:path` as scp has it; `host::…` would name a remote helper, which is a program.
_SCP = rf"(?:{_USER}@)?[A-Za-z0-9][A-Za-z0-9._-]*:/?(?![/:])(?![^/]*@){_CHARACTER}+"
_ABSOLUTE = r"/[^\\\x00-\x1f\x7f-\x9f]*"
_AUTHORITY = r"[^/?#]*//([^/?#]*)@"
_SECRET_PARAMETER = re.compile(
    r"[?&;#](?:x-amz-(?:signature|credential|security-token)|x-goog-(?:signature|credential)|signature|sig"
    r"|awsaccesskeyid|googleaccessid|access_token|api_?key|token|password)=",
    re.IGNORECASE,
)
_NO_CREDENTIALS = "leave the credentials out; keep them in `dvc remote modify --local` or the environment"


def parse_url(text: str) -> str:
    """Return the text, an http, https, s3, gs or dvc URL of at most 2000 characters.

    :raises InvalidScalar: it is anything else, or holds a user, password, token or signature.
    """
    _require_no_secret(text)
    if re.fullmatch(_URL, text):
        return text
    raise InvalidScalar(f"{quoted(text)} is not an http, https, s3, gs or dvc URL", _advice(text))


def parse_dataset(text: str) -> str:
    """Return the text, the name of a file in the same directory or a URL.

    :raises InvalidScalar: it is neither (see :func:`parse_url` and ``parse_file_name``).
    """
    return parse_url(text) if "://" in text else parse_file_name(text)


def parse_repository(text: str) -> str:
    """Return the text, a Git repository: ``.``, a URL, ``host:path`` as scp has it, or an absolute path.

    A user's name is allowed where SSH needs it.

    :raises InvalidScalar: it is anything else, or holds a password, token or signature.
    """
    is_ssh = text.startswith("ssh://")
    _require_no_secret(text, user_allowed=is_ssh)
    if text == "." or re.fullmatch(_GIT_URL, text) or re.fullmatch(_SCP, text) or re.fullmatch(_ABSOLUTE, text):
        return text
    raise InvalidScalar(
        f"{quoted(text)} is not a Git repository",
        "write its URL, or `.` for this repository; `git remote get-url origin` prints it",
    )


def parse_uri(text: str) -> str:
    """Return the text, a URI of any scheme, or a scheme alone.

    :raises InvalidScalar: it is anything else, or holds a user, password, token or signature.
    """
    _require_no_secret(text)
    if re.fullmatch(_URI, text):
        return text
    raise InvalidScalar(f"{quoted(text)} is not a URI", _advice(text))


def _require_no_secret(text: str, *, user_allowed: bool = False) -> None:
    if len(text) > _LONGEST:
        raise InvalidScalar(f"the address has {len(text)} characters, at most {_LONGEST} are allowed")
    user = re.match(_AUTHORITY, text)
    if user and (not user_allowed or ":" in user.group(1)):
        raise InvalidScalar("the address holds credentials", _NO_CREDENTIALS)
    if _SECRET_PARAMETER.search(text):
        raise InvalidScalar("the address holds a signature or a token", _NO_CREDENTIALS)


def _advice(text: str) -> str:
    return "write a space as %20" if " " in text.strip() else ""
