"""MY637 to MY641: has what enters a stage all that the stage requires of it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.rules.cards import says_something

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.documents.metadata import Metadata
    from modelyard.documents.policy_stages import Requirements
    from modelyard.rules.entering import Entry
    from modelyard.rules.finding import Findings
    from modelyard.rules.transition import Transition
    from modelyard.version_directory import VersionDirectory

__all__ = ["breaking_callers", "format_refused", "license_refused", "missing_field", "missing_section"]


def missing_field(transition: Transition) -> Findings:
    """A version enters a stage only with the optional fields of its metadata that the stage requires.

    Bad:
        version: 1.1.0        # in production, which has `require: {metadata: [signature]}`; 1.1.0 has none
    Good:
        version: 1.1.1        # whose metadata has a `signature`
    """
    for entry, required, version in _required(transition):
        metadata = _metadata(version)
        there = metadata.to_value() if metadata else {}
        for field in required.metadata:
            if field not in there:
                message = f"{entry.version_id} has no `{field}` in its metadata, which {entry.change.stage} requires"
                yield entry.finding(message, _again(entry, f"with `{field}`"))


def missing_section(transition: Transition) -> Findings:
    """A version enters a stage only with the sections of its card that the stage requires, with something to read.

    Bad:
        ## Limitations        # and no `## Bias`, which the stage requires
    Good:
        ## Bias
        One false alarm in nine is on a payment from abroad, one in thirty on others.
    """
    for entry, required, version in _required(transition):
        card = version.card.value if version.card else None
        for title in required.card_sections:
            section = card.section(title) if card else None
            if section is None or not any(map(says_something, section.passages)):
                state = "no section" if section is None else "nothing in the section"
                message = f"{entry.version_id} has {state} {title!r} in its card, which {entry.change.stage} requires"
                yield entry.finding(message, _again(entry, f"with a text below `## {title}`"))


def license_refused(transition: Transition) -> Findings:
    """A version enters a stage only under a licence that the stage takes.

    Expressions are compared as they are written.

    Bad:
        license: CC-BY-NC-4.0   # where production has `require: {licenses: [Apache-2.0, MIT]}`
    Good:
        license: MIT
    """
    for entry, required, version in _required(transition):
        metadata = _metadata(version)
        if metadata and required.licenses and metadata.license not in required.licenses:
            message = f"{entry.version_id} has the licence {metadata.license}, which {entry.change.stage} does not take"
            yield entry.finding(message, f"{entry.change.stage} takes: {', '.join(required.licenses)}")


def format_refused(transition: Transition) -> Findings:
    """A version enters a stage only in a format that the stage takes.

    That is judged of each file with the role `model`.

    Bad:
        model.joblib: {role: model, format: joblib, …}   # where production has `require: {formats: [onnx]}`
    Good:
        model.onnx: {role: model, format: onnx, …}
    """
    for entry, required, version in _required(transition):
        metadata = _metadata(version)
        for path in metadata.files_with_role("model") if metadata and required.formats else ():
            found = metadata.files[path].format if metadata else ""
            if found not in required.formats:
                message = (
                    f"{entry.version_id} has {path} in the format {found!r}, which {entry.change.stage} does not take"
                )
                yield entry.finding(message, f"{entry.change.stage} takes: {', '.join(required.formats)}")


def breaking_callers(transition: Transition) -> Findings:
    """A version enters a stage only if callers of the one whose place it takes can call it unchanged.

    A higher MAJOR number says that they cannot, and passes. A version that was the stage's champion
    before is not judged.

    Bad:
        version: 1.1.0        # in the place of 1.0.0, which has no input `country`
        signature:
          inputs: [{name: amount, type: float64}, {name: country, type: string}]
    Good:
        version: 2.0.0
    """
    for entry, required, version in _required(transition):
        champion = entry.champion
        if not required.compatible_signature or champion is None or _is_major_step(entry):
            continue
        found = list(_breaks(version, champion))
        if found and not entry.comes_back:
            for each in found:
                message = f"{each}, so {entry.version_id} breaks callers of {entry.champion_id} in {entry.change.stage}"
                yield entry.finding(message, _again(entry, "with a new MAJOR number"))


def _required(transition: Transition) -> Iterator[tuple[Entry, Requirements, VersionDirectory]]:
    for entry in transition.entries:
        version = entry.version
        if entry.stage and version:
            yield entry, entry.stage.require, version


def _metadata(version: VersionDirectory) -> Metadata | None:
    return version.metadata.value if version.metadata else None


def _is_major_step(entry: Entry) -> bool:
    champion = entry.champion_id
    return champion is not None and entry.version_id.version.major > champion.version.major


def _breaks(version: VersionDirectory, champion: VersionDirectory) -> Iterator[str]:
    from modelyard.evaluate.signatures import breaks

    newer, older = _metadata(version), _metadata(champion)
    if older is None or older.signature is None:
        return  # nothing was promised
    if newer is None or newer.signature is None:
        yield "no signature is stated any more"
        return
    yield from (found.message for found in breaks(older.signature, newer.signature))


def _again(entry: Entry, how: str) -> str:
    return f"register it anew {how}: modelyard register {entry.version_id.name} --help"
