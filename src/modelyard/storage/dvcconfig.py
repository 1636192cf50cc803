"""``.dvc/config``: which remotes there are, read by ourselves.

Source of the format: ConfigObj, with the sections of DVC's own configuration reference. What DVC
would read in more than one way (lists, nested sections, text over several lines) is refused.
Where the bytes come from is the caller's care: a tracked configuration decides where credentials are
sent to, so it is read from the base of a change or from the consumer's own clone.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard.addresses import without_user
from modelyard.dvc_files import DVC_CONFIG
from modelyard.errors import UsageError
from modelyard.values import dataclass, field, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DvcConfig", "RemoteSettings", "parse", "read"]

_SECTION = re.compile(r"""\[\s*(?:'([^']*)'|"([^"]*)"|([^\[\]'"]*?))\s*\]\s*(?:#.*)?""")
_SETTING = re.compile(r"""([^'"=#\[][^=]*?)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^'"#,\s][^#,]*?)?)\s*(?:#.*)?""")
_REMOTE = re.compile(r"""remote\s+"(.+)\"""")
_SCHEME = re.compile(r"\w+://")
# Settings that name a file, relative to the configuration's directory, as `_map_dirs` of DVC has them.
_PATHS = frozenset(
    {
        "gdrive_user_credentials_file",
        "gdrive_service_account_json_file_path",
        "credentialpath",
        "configpath",
        "keyfile",
        "cert_path",
        "key_path",
    }
)


@dataclass(frozen=True)
class RemoteSettings:
    """One remote: its name, its URL, and DVC's other settings for it, which may hold credentials."""

    name: str
    url: str
    options: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def directory(self) -> Path | None:
        """The directory that the URL names, or None where it has a scheme, such as ``s3://``."""
        return None if _SCHEME.match(self.url) else Path(self.url)

    @property
    def address(self) -> str:
        """The URL without any user and password in it, and without a query, which can be a signature."""
        return self.url if self.directory else without_user(self.url).partition("?")[0]


@dataclass(frozen=True)
class DvcConfig:
    """What a configuration says about remotes and cache; paths are absolute."""

    default_remote: str | None = None
    remotes: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    cache_directory: Path | None = None

    def remote(self, name: str | None = None) -> RemoteSettings:
        """Return the remote of that name, or the default one.

        :raises UsageError: there is none, it has no URL, or it refers to another remote.
        """
        # DVC keeps the names of remotes in lower case, and finds them in any.
        wanted = (name or self.default_remote or "").lower()
        if not wanted:
            hint = "name one: `dvc remote add --default <name> <url>`"
            raise UsageError("no DVC remote is set as the default", hint=hint)
        settings = self.remotes.get(wanted)
        if settings is None:
            raise UsageError(f"there is no DVC remote {wanted!r}", hint=self._advice(wanted))
        options = dict(settings)
        url = options.pop("url", "")
        _refuse_url(wanted, url)
        return RemoteSettings(wanted, url, options)

    def overlaid(self, other: DvcConfig) -> DvcConfig:
        """Return this configuration with another one's settings over it, as DVC lays ``config.local``."""
        names = {**self.remotes, **other.remotes}
        return replace(
            self,
            default_remote=other.default_remote or self.default_remote,
            remotes={name: {**self.remotes.get(name, {}), **other.remotes.get(name, {})} for name in names},
            cache_directory=other.cache_directory or self.cache_directory,
        )

    def _advice(self, wanted: str) -> str:
        from difflib import get_close_matches

        nearest = get_close_matches(wanted, self.remotes, n=1)
        if nearest:
            return f"did you mean {nearest[0]!r}? Otherwise add it: `dvc remote add {wanted} <url>`"
        return f"add it: `dvc remote add {wanted} <url>`"


def parse(data: bytes, *, directory: Path, source: str = DVC_CONFIG) -> DvcConfig:
    """Return what the bytes of a configuration say.

    :param directory: the ``.dvc`` directory, which relative paths start from.
    :param source: how messages name the file.
    :raises UsageError: the bytes are no configuration, or DVC might read them in another way.
    """
    sections = _sections(data, source)
    core, cache = sections.pop("core", {}), sections.pop("cache", {})
    remotes = {
        name[1].lower(): {key: _resolved(key, value, directory) for key, value in settings.items()}
        for section, settings in sections.items()
        if (name := _REMOTE.fullmatch(section))
    }
    cache_directory = Path(_resolved("url", cache["dir"], directory)) if cache.get("dir") else None
    return DvcConfig(core.get("remote") or None, remotes, cache_directory)


def read(directory: Path, *, local: bool = True) -> DvcConfig:
    """Return the configuration in a ``.dvc`` directory, which may be missing.

    :param local: whether ``config.local`` of the same directory is laid over it.
    :raises UsageError: a file cannot be read, or is no configuration.
    """
    config = DvcConfig()
    for name in ("config", "config.local") if local else ("config",):
        path = directory / name
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}", hint=f"look at {path}") from error
        config = config.overlaid(parse(data, directory=directory, source=str(path)))
    return config


def _sections(data: bytes, source: str) -> dict[str, dict[str, str]]:
    sections: dict[str, dict[str, str]] = {}
    settings: dict[str, str] | None = None
    for number, line in enumerate(_text(data, source).splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if section := _SECTION.fullmatch(text):
            name = next(group for group in section.groups() if group is not None).strip()
            if name in sections:
                raise _refusal(source, number, f"section {name!r} stands twice")
            settings = sections[name] = {}
        else:
            key, value = _setting(text, source, number)
            if settings is None:
                raise _refusal(source, number, f"{key!r} stands before the first section")
            if key in settings:
                raise _refusal(source, number, f"{key!r} stands twice")
            settings[key] = value
    return sections


def _text(data: bytes, source: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{source} is not UTF-8", hint=f"save {source} as UTF-8") from error


def _setting(text: str, source: str, number: int) -> tuple[str, str]:
    setting = _SETTING.fullmatch(text)
    if setting is None:
        raise _refusal(source, number, "not a section, and not one 'key = value'")
    key, *values = setting.groups()
    return key.lower(), next((value for value in values if value is not None), "")


def _refusal(source: str, number: int, reason: str) -> UsageError:
    hint = "write it as `dvc remote add` and `dvc remote modify` do"
    return UsageError(f"{source} cannot be read at line {number}: {reason}", hint=hint)


def _resolved(key: str, value: str, directory: Path) -> str:
    if (key != "url" and key not in _PATHS) or _SCHEME.match(value) or not value:
        return value
    import os

    return os.path.normpath(directory.absolute() / Path(value).expanduser())


def _refuse_url(name: str, url: str) -> None:
    if not url:
        raise UsageError(f"DVC remote {name!r} has no url", hint=f"set it: `dvc remote modify {name} url <url>`")
    if url.startswith("remote://"):
        message = f"DVC remote {name!r} refers to another remote, {url}"
        raise UsageError(message, hint=f"write the whole address: `dvc remote modify {name} url <url>`")
