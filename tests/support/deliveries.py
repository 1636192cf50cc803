"""Deliveries of every kind, and one that is plain."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from modelyard.documents.delivery import DeliveredFile, Delivery
from modelyard.documents.sealed import Sealed, Steps
from modelyard.names import VersionId
from modelyard.portable import folded
from modelyard.values import replace

__all__ = ["FILE", "MD5", "SHA256", "VALUE", "deliveries"]

SHA256 = "ab" * 32
MD5 = "cd" * 16
FILE: dict[str, Any] = {"format": "joblib", "md5": MD5, "role": "model", "sha256": SHA256, "size": 3}
VALUE: dict[str, Any] = {
    "artifact": "model.joblib",
    "commit": "0" * 40,
    "files": {"model.joblib": FILE},
    "registry": "https://git.example.org/models.git",
    "version": "fraud@1.2.0",
}

STEPS = (Steps(), Steps("zstd"), Steps("zstd", ("age1x", "age1y")), Steps(recipients=("age1x",)))

hexadecimal = st.sampled_from("0123456789abcdef")
words = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}", fullmatch=True)
parts = st.one_of(words, st.sampled_from(["ünï", "日本", "a b", ".hidden", "it's", 'say "x"', "#x", "-x", "con"]))


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    directories = draw(st.dictionaries(st.sampled_from(["model", "tokenizer"]), digests(32).map("{}.dir".format)))
    files = draw(st.dictionaries(parts.map("f-{}".format), delivered_files(md5=True), min_size=1, max_size=4))
    for directory in directories:
        names = draw(st.lists(parts, min_size=1, max_size=3))
        files |= {f"{directory}/{name}": draw(delivered_files(md5=draw(st.booleans()), in_git=False)) for name in names}
    files |= {
        f"{name}{steps.suffix}": replace(file, sealed=Sealed(draw(digests(64)), draw(st.integers(0, 2**63 - 1)), steps))
        for name, file in files.items()
        if (steps := draw(st.sampled_from(STEPS)))
    }
    distinct = {folded(file.sealed.opened(name) if file.sealed else name): name for name, file in files.items()}
    files = {name: files[name] for name in distinct.values()}
    artifact = draw(st.sampled_from(sorted(files) + sorted({name.split("/")[0] for name in files if "/" in name})))
    return Delivery(
        registry=draw(st.sampled_from(["https://git.example.org/m.git", "git@example.org:m.git", "/srv/ünï.git"])),
        commit=draw(st.one_of(digests(40), digests(64))),
        version=VersionId.parse(draw(st.sampled_from(["fraud@1.2.0", "a-b_c@0.0.1-rc.1+build.5"]))),
        artifact=artifact,
        files=files,
        directories=directories,
        remote=draw(st.none() | st.sampled_from(["storage", "s3_eu", "a.b"])),
    )


@st.composite
def delivered_files(draw: st.DrawFn, *, md5: bool, in_git: bool = True) -> DeliveredFile:
    return DeliveredFile(
        sha256=draw(digests(64)),
        size=draw(st.integers(0, 2**63 - 1)),
        role=draw(words),
        format=draw(words),
        md5=draw(digests(32)) if md5 else None,
        in_git=draw(st.booleans()) if in_git else False,
    )


def digests(length: int) -> st.SearchStrategy[str]:
    return st.text(hexadecimal, min_size=length, max_size=length)
