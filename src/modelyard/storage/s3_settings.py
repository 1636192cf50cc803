"""DVC's settings of an S3 remote, as our own client understands them."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from modelyard.errors import UsageError
from modelyard.storage.aws_profile import read_profile
from modelyard.storage.certificates import trusted_authorities
from modelyard.storage.s3_credentials import check_halves
from modelyard.storage.s3_endpoint import check_endpoint, environment_endpoint
from modelyard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelyard.storage.aws_profile import Profile
    from modelyard.storage.dvcconfig import RemoteSettings

__all__ = ["S3Settings"]

_URL = re.compile(r"s3://([^/?#]+)/*([^?#]*)")
# What our client calls the options that it takes as they are.
_SAME = {
    "region": "region",
    "endpointurl": "endpoint",
    "access_key_id": "access_key_id",
    "secret_access_key": "secret_access_key",
    "session_token": "session_token",
    "sse": "server_side_encryption",
    "sse_kms_key_id": "sse_kms_key_id",
}
_OTHERS = frozenset(
    {
        "profile",
        "credentialpath",
        "configpath",
        "use_ssl",
        "ssl_verify",
        "allow_anonymous_login",
        "connect_timeout",
        "read_timeout",
        "verify",
        "jobs",
        # These change nothing about how an object is read or written.
        "listobjects",
        "cache_regions",
        "checksum_jobs",
        "no_traverse",
        "version_aware",
        "worktree",
    }
)
_SECONDS = re.compile(r"[0-9]{1,6}", re.ASCII)
_CONNECT, _READ = "20", "60"


@dataclass(frozen=True)
class S3Settings:
    """Bucket, prefix, and what our client is made with; some of it is secret.

    :param verify: how the server's certificate is judged, as ``ssl_verify`` has it.
    """

    bucket: str
    prefix: str
    store: Mapping[str, Any] = field(default_factory=dict, repr=False)
    client: Mapping[str, Any] = field(default_factory=dict, repr=False)
    verify: str = "true"

    @property
    def is_public(self) -> bool:
        """Whether nobody is asked who he is."""
        return bool(self.store.get("skip_signature"))

    @classmethod
    def of(cls, settings: RemoteSettings, environment: Mapping[str, str] = os.environ) -> S3Settings | None:
        """Return the settings, or None where they hold something that our client does not know.

        :raises UsageError: the URL names no bucket, an option has no value that makes sense, or half a key is missing.
        """
        url = _URL.fullmatch(settings.url)
        if url is None:
            hint = f"write it as s3://bucket/path: `dvc remote modify {settings.name} url <url>`"
            raise UsageError(f"remote {settings.name!r} names no bucket: {settings.address}", hint=hint)
        options = settings.options
        # A customer's key has to be signed together with the address, which obstore does not do.
        if not options.keys() <= _SAME.keys() | _OTHERS:
            return None
        profile = _profile(settings, environment)
        if profile and profile.foreign:
            return None
        check_endpoint(settings, profile, environment)
        store = _store(settings, profile, environment)
        check_halves(settings, store, profile, environment)
        authorities = environment.get("AWS_CA_BUNDLE") or (profile.authorities if profile else None)
        bucket, prefix = url.groups()
        store["virtual_hosted_style_request"] = "endpoint" not in store and "." not in bucket
        # What the remote's own settings say goes before what is said of all servers, as with the AWS tools.
        verify = options.get("ssl_verify") or authorities or "true"
        return cls(bucket, prefix.rstrip("/"), store, _client(settings, store.get("endpoint", ""), verify), verify)


def _store(settings: RemoteSettings, profile: Profile | None, environment: Mapping[str, str]) -> dict[str, Any]:
    options = settings.options
    store: dict[str, Any] = {ours: options[theirs] for theirs, ours in _SAME.items() if options.get(theirs)}
    store = {**_from_environment(environment), **(dict(profile.settings) if profile else {}), **store}
    if _flag(settings, "allow_anonymous_login"):
        store["skip_signature"] = True
    return store


def _profile(settings: RemoteSettings, environment: Mapping[str, str]) -> Profile | None:
    """Return the profile that counts: one that is named goes before keys of the environment, as with the AWS tools."""
    options = settings.options
    name = options.get("profile")
    if options.get("access_key_id") or options.get("allow_anonymous_login", "").lower() == "true":
        return None
    if name is None and environment.get("AWS_ACCESS_KEY_ID"):
        return None
    found = read_profile(
        name,
        credentials=options.get("credentialpath"),
        config=options.get("configpath"),
        environment=environment,
    )
    if name and found is None:
        hint = f"aws configure --profile {name}, or `dvc remote modify {settings.name} profile <name>`"
        raise UsageError(f"remote {settings.name!r} is used with profile {name!r}, which is not here", hint=hint)
    return found


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    endpoint = (environment_endpoint(environment) or ("", ""))[1]
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    told = {"endpoint": endpoint, "region": region}
    return {key: value for key, value in told.items() if value}


def _client(settings: RemoteSettings, endpoint: str, verify: str) -> dict[str, Any]:
    client: dict[str, Any] = {
        "connect_timeout": f"{_seconds(settings, 'connect_timeout', _CONNECT)}s",
        "read_timeout": f"{_seconds(settings, 'read_timeout', _READ)}s",
    }
    if endpoint.lower().startswith("http://"):
        client["allow_http"] = True
    if verify.lower() == "false":
        client["allow_invalid_certificates"] = True
    elif verify.lower() != "true":
        client["root_certificate"] = trusted_authorities(verify, remote=settings.name)
    return client


def _flag(settings: RemoteSettings, option: str) -> bool:
    return settings.options.get(option, "").lower() == "true"


def _seconds(settings: RemoteSettings, option: str, usual: str) -> str:
    text = settings.options.get(option, usual)
    if not _SECONDS.fullmatch(text) or not int(text):
        hint = f"dvc remote modify {settings.name} {option} {usual}"
        raise UsageError(f"{option} of remote {settings.name!r} is no number of seconds: {text!r}", hint=hint)
    return text
