"""Names that every file system holds, and holds apart: Linux, macOS and Windows, and people's eyes.

A registry is cloned everywhere, so a name that one of these systems refuses, changes, or cannot tell
from another breaks the clones of all the others' users.
"""

from __future__ import annotations

from functools import lru_cache

__all__ = ["character_name", "folded", "is_device", "repaired", "why_not_portable"]

_MAX_BYTES = 255
# Windows takes these for devices, whatever extension follows.
_PORTS = frozenset(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³")
_DEVICES = frozenset({"con", "prn", "aux", "nul", "conin$", "conout$"}) | _PORTS
_REFUSED_BY_WINDOWS = frozenset('<>:"|?*\\')
# Controls, formatting (bidirectional and zero-width marks), surrogates, line separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Letters that nobody can tell from the Latin ones below them: Cyrillic, then Greek, Armenian and further Latin ones.
_TWINS = str.maketrans(
    "аԁеһіјӏмоԛрсѕтхуԝАВЕНІЈКМОРЅТХУανορΑΒΕΖΗΙΚΜΝΟΡΤΥΧօսցɑɡı",
    "adehijlmoqpcstxywABEHIJKMOPSTXYavopABEZHIKMNOPTYXouqagi",
)


@lru_cache(maxsize=4096)
def is_device(name: str) -> bool:
    """Whether Windows takes the name for a device, such as ``con``, ``nul.txt`` or ``com1.tar.gz``."""
    return name.partition(".")[0].rstrip(" ").lower() in _DEVICES


def folded(path: str) -> str:
    """Return what two paths share exactly where some file system takes them for one."""
    if path.isascii():
        return path.lower()
    from unicodedata import normalize

    return normalize("NFC", normalize("NFC", path).casefold())


def character_name(character: str) -> str:
    """Return how a reader can tell a character from its twins: ``U+0430 CYRILLIC SMALL LETTER A``."""
    from unicodedata import name

    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"the byte 0x{code - 0xDC00:02x}, which is not UTF-8"
    return f"U+{code:04X} {name(character, '')}".rstrip()


@lru_cache(maxsize=4096)
def why_not_portable(name: str) -> str | None:
    """Return what is wrong with one part of a path, as a clause that follows the name; None where nothing is."""
    clause = None if name.isascii() and name.isprintable() else _strange_character(name)
    if clause:
        return clause
    if name.rstrip(". ").lower() in ("", ".git", "git~1"):
        return "is a name that Git checks out on no system"
    if not _REFUSED_BY_WINDOWS.isdisjoint(name):
        refused = next(character for character in name if character in _REFUSED_BY_WINDOWS)
        return f"holds {refused!r}, which Windows allows in no name"
    if is_device(name):
        return f"is the device {name.partition('.')[0].rstrip(' ').upper()} to Windows, which makes no such file"
    if name[-1:] in (".", " "):
        return f"ends with {name[-1]!r}, which Windows drops"
    if name[:1] == "-":
        return "starts with '-', which commands take for an option"
    size = len(name.encode("utf-8", "surrogateescape"))
    return f"has {size} bytes, and file systems hold at most {_MAX_BYTES}" if size > _MAX_BYTES else None


def repaired(name: str) -> str | None:
    """Return a portable name near to one that is not, or None where none is near."""
    from unicodedata import normalize

    text = normalize("NFC", name)
    text = "".join(map(_plain, text)) if _twin(text) else text
    kept = "".join("-" if each in _REFUSED_BY_WINDOWS else each for each in text if not _is_unseen(each))
    kept = kept.rstrip(". ").lstrip("-")
    kept = f"the-{kept}" if is_device(kept) else kept
    return kept if kept and kept != name and why_not_portable(kept) is None else None


def _strange_character(name: str) -> str | None:
    from unicodedata import is_normalized

    unseen = next((each for each in name if _is_unseen(each)), None)
    if unseen:
        return f"holds {character_name(unseen)}" if "\udc80" <= unseen <= "\udcff" else _told_unseen(unseen)
    if not is_normalized("NFC", name):
        return "is not in Unicode's form NFC, so macOS and Linux do not agree on its bytes"
    twin = _twin(name)
    return f"holds {character_name(twin[0])}, which looks like {twin[1]!r}" if twin else None


def _told_unseen(character: str) -> str:
    kind = "control" if ord(character) < 0xA0 else "invisible"
    return f"holds the {kind} character {character_name(character)}"


def _is_unseen(character: str) -> bool:
    from unicodedata import category

    return category(character) in _UNSEEN


def _twin(name: str) -> tuple[str, str] | None:
    """Return the first letter that stands among Latin ones and looks like one of them, and which one."""
    import re

    for word in re.findall(r"[^\W_]+", name):
        is_latin = any(each.isascii() and each.isalpha() for each in word)
        for character in word:
            plain = _plain(character)
            # A word that is Cyrillic or Greek as a whole is what it looks like.
            if plain != character and (is_latin or ord(character) not in _TWINS):
                return character, plain
    return None


def _plain(character: str) -> str:
    """Return the ASCII character that is read for one that is not ASCII; itself where there is none."""
    from unicodedata import normalize

    plain = normalize("NFKC", character).translate(_TWINS)
    return plain if plain.isascii() and len(plain) == 1 else character
