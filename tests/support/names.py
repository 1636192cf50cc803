"""Hypothesis strategies for names, versions, ranges and references."""

from __future__ import annotations

from hypothesis import strategies as st

from modelyard.names import InvalidName, ModelName, StageName, Version, VersionId, parse_stage_name

__all__ = ["model_names", "stage_names", "version_ids", "versions"]

_WORDS = st.text("ab0129z", min_size=1, max_size=5)


def _joined(words: list[str], marks: list[str]) -> str:
    return "".join(word + mark for word, mark in zip(words, [*marks, ""], strict=True))


model_names: st.SearchStrategy[ModelName] = (
    st.integers(1, 4)
    .flatmap(
        lambda count: st.builds(
            _joined,
            st.lists(_WORDS, min_size=count, max_size=count),
            st.lists(st.sampled_from("-_"), min_size=count - 1, max_size=count - 1),
        )
    )
    .map(ModelName)
)

_NUMBERS = st.integers(0, 12) | st.integers(0, 10**18 - 1)
_PRERELEASE = st.integers(0, 12).map(str) | st.text("ab0-", min_size=1, max_size=4).filter(
    lambda part: not part.isdigit()
)
_BUILD = st.text("ab09-", min_size=1, max_size=4)

versions: st.SearchStrategy[Version] = st.builds(
    Version,
    _NUMBERS,
    _NUMBERS,
    _NUMBERS,
    prerelease=st.lists(_PRERELEASE, max_size=3).map(tuple),
    build=st.lists(_BUILD, max_size=2).map(tuple),
)

version_ids: st.SearchStrategy[VersionId] = st.builds(VersionId, model_names, versions)


def _is_stage(text: str) -> bool:
    try:
        parse_stage_name(text)
    except InvalidName:
        return False
    return True


stage_names: st.SearchStrategy[StageName] = model_names.map(str).filter(_is_stage).map(StageName)
