"""The numbered hostile inputs and faults: each is shown by golden cases and tests of its number.

What is listed here exists, and what bears a number is listed here; so none can be left out or lost unseen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pytest

from support.cases import CASES
from support.project import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Numbered:
    """One case: what comes in, what is said to it, and the golden cases and tests that show it."""

    comes: str
    said: str
    shown: tuple[str, ...]


NUMBERED: dict[int, Numbered] = {
    1: Numbered(
        "a pointer whose path leads out, is absolute, of Windows, empty, or holds NUL",
        "refused at the path; no process but Git is started",
        (
            "test_case_01_a_path_that_is_no_plain_name_beside_the_pointer",
            "test_case_01_a_path_with_nul",
            "test_case_01_a_path_that_is_no_text",
            "test_cases_01_to_03_start_no_process_but_git",
            "test_cases_01_to_03_load_no_part_of_dvc",
        ),
    ),
    2: Numbered(
        "a pointer whose md5 is not 32 lower-case hexadecimal digits",
        "refused at the md5; no process but Git is started",
        (
            "test_case_02_an_md5_that_is_not_32_lower_hexadecimal_digits",
            "test_case_02_an_md5_that_is_no_text",
            "test_cases_01_to_03_start_no_process_but_git",
        ),
    ),
    3: Numbered(
        "a pointer with deps, cmd, wdir, repo, remote, cache, push, two outputs or an unknown key",
        "refused, with the key and its line",
        (
            "test_case_03_a_key_of_the_output_beyond_the_plain_ones",
            "test_case_03_a_key_of_the_pointer_beyond_outs",
            "test_case_03_each_key_is_told",
            "test_case_03_two_outputs",
        ),
    ),
    4: Numbered(
        "dvc.yaml, dvc.lock, .dvc/config or .dvcignore outside the versions, together with a version, and alone",
        "refused together; alone it waits for a reviewed exemption",
        (
            "MY617-case-04-surroundings-and-a-version",
            "MY618-case-04-surroundings-alone",
            "test_case_04_what_dvc_obeys_in_any_folder_changes_apart_and_is_reviewed",
            "test_case_04_what_dvc_does_not_obey_may_lie_anywhere",
        ),
    ),
    5: Numbered(
        "a key that stands twice, at the top and nested", "at the second one", ("MY202-case-05-top-and-nested",)
    ),
    6: Numbered(
        "1.10, no and 12e45 without quotes where text is meant",
        "refused, and the hint says to quote it",
        ("MY204-case-06-scalars-of-every-reader", "MY207-case-06-a-version-that-is-a-number"),
    ),
    7: Numbered(
        "a bomb of aliases, an alias of itself, tags of Python and of binary, a merge key, two documents",
        "each is refused at once",
        ("MY203-case-07-tags-aliases-and-a-second-document", "case-07-billion-laughs"),
    ),
    8: Numbered(
        "100,000 open brackets, one byte more than 1 MiB, 60,000 keys",
        "too deep, too large, too many; never a crash",
        (
            "MY205-case-08-too-deep-too-large-too-many",
            "case-08-100000-brackets",
            "case-08-one-byte-too-many",
            "case-08-60000-keys",
        ),
    ),
    9: Numbered(
        "bytes that are no UTF-8, UTF-16, NUL, U+202E, U+200B and lone surrogates in any text",
        "refused at line and column",
        (
            "MY206-case-09-encodings-and-what-cannot-be-seen",
            "test_case_09_no_text_of_any_document_hides_a_character",
        ),
    ),
    10: Numbered(
        "a hundred thousand letters against every pattern of a schema",
        "told in good time",
        ("test_case_10_no_pattern_and_no_parser_is_slow", "case-10-one-long-word"),
    ),
    11: Numbered(
        "a registry that names schemas of its own, by an address or a file",
        "the policy is broken, the document refused; nobody is asked",
        ("MY208-case-11-schema-of-its-own", "test_case_11_no_schema_that_a_registry_names_is_fetched"),
    ),
    12: Numbered(
        "NaN, Infinity and 1e999 as metrics, a line break in a name, digits of other scripts in a version",
        "refused",
        ("MY201-case-12-not-a-number", "MY207-case-12-line-break-in-a-name"),
    ),
    13: Numbered(
        "a directory whose metadata is another's, or whose name can be read in two ways",
        "refused",
        ("MY102-case-13-name-and-version-of-another", "MY102-case-13-two-versions-in-one-name"),
    ),
    14: Numbered(
        "names that differ in case, by an accent, by a Cyrillic letter; devices; dots and spaces at the end",
        "refused",
        (
            "MY101-case-14-another-case-and-cyrillic",
            "MY108-case-14-con-and-another-case",
            "MY112-case-14-upper-case-and-accents",
            "MY113-case-14-devices-dots-and-twins",
        ),
    ),
    15: Numbered(
        "any change below a merged version: a byte, a mode, a type, a deletion, a new name",
        "refused as immutable, with the path",
        (
            "MY601-case-15-byte-in-the-card",
            "MY601-case-15-file-added",
            "MY601-case-15-file-deleted",
            "MY601-case-15-file-renamed-out",
            "MY601-case-15-file-renamed-within",
            "MY601-case-15-file-to-submodule",
            "MY601-case-15-file-to-symlink",
            "MY601-case-15-hidden-in-a-registration",
            "MY601-case-15-name-not-ascii",
            "MY601-case-15-name-with-a-space",
            "MY601-case-15-nested-file-added",
            "MY602-case-15-directory-renamed",
            "MY602-case-15-replaced-by-a-submodule",
            "test_case_15_an_attempt_is_caught",
            "test_case_15_the_hint_undoes_an_attempt",
        ),
    ),
    16: Numbered(
        "a version that was deleted once is added again",
        "its tombstone keeps it away",
        (
            "MY622-case-16-rewritten-and-back",
            "test_case_16_a_version_that_was_deleted_earlier_is_not_added_again",
        ),
    ),
    17: Numbered(
        "a symbolic link, a submodule or a program anywhere in the registry",
        "refused",
        (
            "MY101-case-17-version-that-is-no-directory",
            "MY106-case-17-submodule-in-a-version",
            "MY108-case-17-program",
            "MY109-case-17-links-and-programs",
            "MY110-case-17-link",
            "test_case_17_what_is_no_plain_file_is_refused_wherever_it_stands",
        ),
    ),
    18: Numbered(
        "a change of policy, schema and validator with a version that only they let through",
        "judged by those of the base, and refused",
        (
            "MY616-case-18-policy-and-version",
            "test_case_18_a_change_that_edits_its_judges_is_judged_by_those_of_the_base",
        ),
    ),
    19: Numbered(
        "a base that a shallow clone does not hold",
        "could not finish, with the depth that is needed",
        (
            "test_case_19_a_base_that_was_not_fetched_is_no_reason_to_pass",
            "test_case_19_a_pull_request_at_depth_one_says_which_depth_it_needs",
        ),
    ),
    20: Numbered(
        "a revision that is an option, a range or a date",
        "wrong usage, and no file is written",
        ("test_case_20_a_revision_is_no_option_and_no_range",),
    ),
    21: Numbered(
        "a configuration with programs for Git to run, and a bare repository inside",
        "the same verdict, and nothing is run",
        ("test_case_21_nothing_that_a_repository_configures_is_run",),
    ),
    22: Numbered(
        "names of files with line breaks, quotes, a leading dash, 255 bytes, bytes that are no text",
        "refused, each on one line that shows them",
        ("MY101-case-22-odd-names-beside-the-versions", "MY105-case-22-odd-names-in-a-version"),
    ),
    23: Numbered(
        "an object of the same size with one bit flipped",
        "fetched once more, then refused; it lies in quarantine and nowhere else",
        ("test_case_23_an_object_with_one_bit_flipped_is_refused",),
    ),
    24: Numbered(
        "an object that is truncated, longer or empty",
        "refused, after one byte too many at most",
        (
            "test_case_24_an_object_of_another_size_is_refused",
            "test_case_24_no_more_than_one_byte_too_many_is_taken",
        ),
    ),
    25: Numbered(
        "other bytes with the md5 and the size of what is wanted",
        "refused by their sha256",
        ("test_case_25_the_twin_of_an_object_is_refused",),
    ),
    26: Numbered(
        "a corrupt object in the cache of DVC",
        "fetched again and told; without a remote nothing is delivered",
        (
            "test_case_26_a_corrupt_cache_is_healed_from_the_remote",
            "test_case_26_a_corrupt_cache_without_a_remote_delivers_nothing",
        ),
    ),
    27: Numbered(
        "a manifest that leads out, into .git, stands twice, clashes, or lists other files than were reviewed",
        "refused before any file is written",
        (
            "test_case_27_a_manifest_that_was_not_reviewed_writes_nothing",
            "MY414-case-27-manifest-leads-out",
            "test_case_27_a_manifest_that_leads_out_or_clashes_is_refused",
        ),
    ),
    28: Numbered(
        "links and a directory where a file belongs",
        "a link at the name is replaced, its victim unharmed; a directory is refused",
        (
            "test_case_28_a_directory_at_the_targets_name_is_refused",
            "test_case_28_a_link_at_the_targets_name_is_replaced_and_its_victim_unharmed",
            "test_case_28_no_link_of_the_work_tree_is_followed",
        ),
    ),
    29: Numbered(
        "a pull that is killed at 200 of its calls of the kernel, drawn by lot",
        "absent, as before, or right; the next one ends right",
        ("test_case_29_a_pull_that_is_killed_anywhere_leaves_nothing_wrong",),
    ),
    30: Numbered(
        "a disk that is full or broken at any call of the kernel",
        "could not finish; absent, as before, or right, and nothing unfinished is left",
        (
            "test_case_30_a_pull_that_a_disk_refuses_leaves_nothing_wrong_and_nothing_unfinished",
            "test_case_30_a_disk_that_is_full_is_told_before_anything_is_written",
        ),
    ),
    31: Numbered(
        "503, a cut, a page with status 200, a redirection to another host, a stall",
        "waited for and gone on from; refused; told when the patience ends",
        (
            "test_case_31_what_passes_is_waited_for",
            "test_case_31_a_connection_cut_at_any_tenth_goes_on_where_it_was_cut",
            "test_case_31_a_page_with_status_200_is_no_object",
            "test_case_31_a_redirection_to_another_host_is_not_followed",
            "test_case_31_a_stall_is_given_up_and_gone_on_from",
            "test_case_31_what_does_not_pass_is_told",
            "test_case_31_a_storm_of_503_that_does_not_end_is_told",
        ),
    ),
    32: Numbered(
        "eight processes that pull one version to one directory, with one cache",
        "all get it; one right file stands there, and nothing unfinished",
        ("test_case_32_eight_who_pull_to_one_place_from_one_cache_all_get_it",),
    ),
    33: Numbered(
        "an object that the remote has not",
        "could not finish, with the object and the remote, and without credentials",
        (
            "test_case_33_a_missing_object_is_named_with_its_remote",
            "test_case_33_what_an_address_holds_of_credentials_is_not_told",
        ),
    ),
    34: Numbered(
        "a branch whose .dvc/config names another address for the remote",
        "the address of the base or the default branch is asked; the other hears nothing, least of all credentials",
        (
            "test_case_34_a_branch_steers_no_consumer_of_an_address",
            "test_case_34_a_branch_steers_no_ci_and_gets_no_credentials",
            "test_case_34_a_branch_in_a_clone_gets_no_credentials",
        ),
    ),
    35: Numbered(
        "a registration that is killed at any of its calls of the kernel",
        "nothing, or one whole version; the next one ends right, and git fsck finds nothing",
        ("test_case_35_a_registration_that_is_killed_anywhere_is_nothing_or_whole",),
    ),
    36: Numbered(
        "a version that is there, a detached HEAD, a repository that is read-only, a disk that is full",
        "refused; registered; could not finish, and no version is there",
        (
            "test_case_36_a_version_that_is_there_is_not_registered_again",
            "test_case_36_a_detached_head_registers",
            "test_case_36_a_repository_that_is_read_only_is_left_alone",
            "test_case_36_a_disk_that_is_full_is_told",
        ),
    ),
    37: Numbered(
        "two branches that promote different versions to one stage",
        "the second conflicts, and both together are refused",
        ("test_case_37_two_promotions_to_one_stage_conflict",),
    ),
    38: Numbered(
        "a promotion of what is not registered, is yanked, or was left to a reviewer by a scan",
        "refused",
        (
            "test_case_38_what_is_unknown_or_yanked_is_not_promoted",
            "test_case_38_what_a_scan_leaves_to_a_reviewer_is_not_promoted_without_one",
            "test_case_38_the_command_does_not_promote_it_either",
        ),
    ),
    45: Numbered(
        "scripts in every text and in the card",
        "the card is refused; no report holds an element or attribute of theirs",
        (
            "MY309-case-45-html-that-runs",
            "test_case_45_what_runs_is_refused",
            "test_case_45_what_is_called_harmless_is_harmless_in_a_page",
            "test_case_45_a_card_of_one_megabyte_is_judged",
            "test_case_45_no_element_and_no_attribute_is_a_strangers",
            "test_case_45_no_mixture_of_signs_becomes_an_element",
            "test_case_45_a_megabyte_of_text_is_left_out_in_good_time",
            "test_case_45_a_message_holds_no_link_and_nothing_unseen",
        ),
    ),
    46: Numbered(
        "mentions, closing words, bars, backticks, comments, commands of a runner, escapes of a terminal",
        "text in every report, and nothing else",
        (
            "test_case_46_only_our_own_lines_are_commands",
            "test_case_46_text_of_strangers_is_made_visible",
            "test_case_46_no_text_at_all_begins_a_line_or_hides_in_one",
            "test_case_46_nothing_is_mentioned_linked_closed_or_commanded",
            "test_case_46_the_check_above_sees_what_a_forge_would_see",
            "test_case_46_text_of_strangers_is_text_and_visible",
        ),
    ),
    47: Numbered(
        "the workflows that we use and write",
        "zizmor finds nothing; no secret, and no pull_request_target",
        (
            "test_case_47_zizmor_finds_nothing",
            "test_case_47_no_workflow_gives_the_code_of_a_pull_request_more_than_reading",
            "test_case_47_the_workflow_that_init_writes_keeps_the_rules_of_ours",
            "test_case_47_the_jobs_that_we_write_read_and_keep_no_secret",
        ),
    ),
    48: Numbered(
        "a version made tomorrow; clocks of 1970 and 2099; other time zones",
        "refused beyond ten minutes; nothing else depends on the clock",
        (
            "MY212-case-48-made-tomorrow",
            "test_case_48_two_clocks_may_differ_by_ten_minutes",
            "test_case_48_the_verdict_on_a_commit_does_not_depend_on_the_clock",
            "test_case_48_what_no_commit_holds_is_held_against_the_clock",
        ),
    ),
}
NUMBER = re.compile(r"cases?[-_](\d\d)(?:_to_(\d\d))?[-_]")
WRITTEN = re.compile(r"^ *(?:def (test_cases?_\d\d\w*)|\"(case-\d\d-[a-z0-9-]+)\":)", re.MULTILINE)


@cache
def shown() -> frozenset[str]:
    """Return the names of all golden cases and tests that bear a number."""
    names = {path.name for path in CASES if NUMBER.search(path.name)}
    for path in (ROOT / "tests").rglob("test_*.py"):
        names.update(test or document for test, document in WRITTEN.findall(path.read_text(encoding="utf-8")))
    return frozenset(names)


def numbers_of(name: str) -> Iterator[int]:
    found = NUMBER.search(name)
    assert found, name
    yield from range(int(found[1]), int(found[2] or found[1]) + 1)


@pytest.mark.parametrize("number", [*range(1, 39), *range(45, 49)])
def test_a_numbered_case_is_shown(number: int) -> None:
    case = NUMBERED[number]
    assert case.shown
    assert [name for name in case.shown if name not in shown()] == []
    assert [name for name in case.shown if number not in numbers_of(name)] == []


def test_what_bears_a_number_is_listed_under_it() -> None:
    listed = {(number, name) for number, case in NUMBERED.items() for name in case.shown}
    bearing = {(number, name) for name in shown() for number in numbers_of(name)}
    assert {number for number, _name in bearing} <= NUMBERED.keys()
    assert listed <= bearing
