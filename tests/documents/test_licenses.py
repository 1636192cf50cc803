from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.licenses import canonicalize_license_expression

from modelyard.documents.licenses import InvalidLicense, license_refs, nearest_license, parse_license

SYNTAX = "join licences with AND or OR, and close every bracket"
EXAMPLE = "write an SPDX expression, for example Apache-2.0; for terms of your own LicenseRef-Proprietary"

LAID = "and put the licence's text into LICENSE beside it"

SIMPLE = st.sampled_from(
    ["mit", "Apache-2.0", "GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0+", "LicenseRef-Own.1", "0BSD"]
)
OPERATORS = st.sampled_from(["AND", "or", "OR"])
EXPRESSIONS = st.recursive(
    SIMPLE, lambda inner: st.tuples(inner, OPERATORS, inner).map(" ".join) | inner.map("({})".format), max_leaves=6
)
PIECES = st.sampled_from(
    ["MIT", "(", ")", "and", "OR", "WITH", "Classpath-exception-2.0", "LicenseRef-x", "+", "foo", " "]
)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("mit", "MIT"),
        ("apache-2.0 or (MIT and bsd-3-clause)", "Apache-2.0 OR (MIT AND BSD-3-Clause)"),
        ("  MIT   OR ( ISC )", "MIT OR (ISC)"),
        ("gpl-2.0-only with classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("GPL-2.0+", "GPL-2.0+"),
        ("Apache-2.0+", "Apache-2.0+"),
        ("LicenseRef-Own.Terms-2", "LicenseRef-Own.Terms-2"),
        ("LicenseRef-Own WITH LLVM-exception", "LicenseRef-Own WITH LLVM-exception"),
        (f"{'(' * 100}MIT{')' * 100}", f"{'(' * 100}MIT{')' * 100}"),
    ],
)
def test_an_expression_is_made_canonical(text: str, canonical: str) -> None:
    assert parse_license(text) == canonical


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("Apache 2.0", "'Apache' is not an SPDX licence identifier", "did you mean Apache-2.0?"),
        ("apache2.0", "'apache2.0' is not an SPDX licence identifier", "did you mean Apache-2.0?"),
        ("GPLv3", "'GPLv3' is not an SPDX licence identifier", "did you mean GPL-3.0-only or GPL-3.0-or-later?"),
        ("AFL-3", "'AFL-3' is not an SPDX licence identifier", "did you mean AFL-3.0?"),
        ("proprietary", "'proprietary' is not an SPDX licence identifier", f"write LicenseRef-Proprietary, {LAID}"),
        ("Ours", "'Ours' is not an SPDX licence identifier", EXAMPLE),
        ("MIT OR Ours", "'Ours' is not an SPDX licence identifier", EXAMPLE),
        ("", "'' is not an SPDX expression", EXAMPLE),
        ("MIT/ISC", "'MIT/ISC' is not an SPDX expression", "did you mean MIT OR ISC?"),
        ("MIT\n", "'MIT\\n' is not an SPDX expression", "did you mean MIT?"),
        ("MIT AND", "'MIT AND' is not an SPDX expression", SYNTAX),
        ("OR MIT", "'OR MIT' is not an SPDX expression", SYNTAX),
        ("MIT ISC", "'MIT ISC' is not an SPDX expression", SYNTAX),
        ("(MIT", "'(MIT' is not an SPDX expression", SYNTAX),
        ("MIT)", "'MIT)' is not an SPDX expression", SYNTAX),
        ("MIT (ISC)", "'MIT (ISC)' is not an SPDX expression", SYNTAX),
        ("()", "'()' is not an SPDX expression", SYNTAX),
        ("   ", "'   ' is not an SPDX expression", SYNTAX),
        ("MIT WITH", "'MIT WITH' is not an SPDX expression", SYNTAX),
        ("(MIT) WITH LLVM-exception", "'(MIT) WITH LLVM-exception' is not an SPDX expression", SYNTAX),
        (
            "MIT WITH LLVM-exception WITH LLVM-exception",
            "'MIT WITH LLVM-exception WITH LLVM-exception' is not an SPDX expression",
            SYNTAX,
        ),
        (
            "MIT WITH no-exception",
            "'no-exception' is not an SPDX licence exception",
            "write one such as Classpath-exception-2.0",
        ),
        (
            "LLVM-exception",
            "'LLVM-exception' is an exception, which stands behind a licence",
            "write it like Apache-2.0 WITH LLVM-exception",
        ),
        ("licenseref-own", "'licenseref-own' is not a licence reference", "write it like LicenseRef-Proprietary"),
        ("M" * 501, "the licence has 501 characters, at most 500 are allowed", ""),
    ],
)
def test_what_is_no_expression_is_refused_with_what_was_meant(text: str, message: str, hint: str) -> None:
    with pytest.raises(InvalidLicense) as raised:
        parse_license(text)
    assert (raised.value.message, raised.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("apache license 2.0", "did you mean Apache-2.0?"),
        ("The MIT License", "did you mean MIT?"),
        ("BSD", "did you mean BSD-3-Clause?"),
        ("CC BY-NC 4.0", "did you mean CC-BY-NC-4.0?"),
        ("cc0", "did you mean CC0-1.0?"),
        ("AGPLv3", "did you mean AGPL-3.0-only or AGPL-3.0-or-later?"),
        ("LGPL 2.1+", "did you mean LGPL-2.1-or-later?"),
        ("GNU General Public License v2.0 only", "did you mean GPL-2.0-only?"),
        ("GPL", "did you mean GPL-3.0-only or GPL-3.0-or-later?"),
        ("MIT or Apache 2.0", "did you mean MIT OR Apache-2.0?"),
        ("MIT/Apache-2", "did you mean MIT OR Apache-2.0?"),
        ("(GPLv3 with LLVM-exception), MIT", EXAMPLE),
        ("MIT; GPL-2", "did you mean MIT AND GPL-2.0-only?"),
        ("openrail", f"write LicenseRef-openrail, {LAID}"),
        ("openrail++", f"write LicenseRef-openrail, {LAID}"),
        ("creativeml-openrail-m", f"write LicenseRef-creativeml-openrail-m, {LAID}"),
        ("llama3.1", f"write LicenseRef-llama3.1, {LAID}"),
        ("Gemma", f"write LicenseRef-Gemma, {LAID}"),
        ("other", f"write LicenseRef-Proprietary, {LAID}"),
        ("quite unheard of", EXAMPLE),
        ("M" * 101, EXAMPLE),
    ],
)
def test_a_name_in_the_wild_is_told_as_spdx_has_it(text: str, hint: str) -> None:
    with pytest.raises(InvalidLicense) as raised:
        parse_license(text)
    assert raised.value.hint == hint


@given(EXPRESSIONS)
def test_canonical_form_is_what_packaging_makes_of_it(text: str) -> None:
    """parse(t) == packaging's canonical t, and parse(parse(t)) == parse(t)"""
    canonical = parse_license(text)
    assert canonical == canonicalize_license_expression(text)
    assert parse_license(canonical) == canonical


@given(st.lists(PIECES, max_size=8).map(" ".join) | st.text(max_size=20))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    """parse(t) returns a canonical form or raises InvalidLicense, and nothing else"""
    try:
        canonical = parse_license(text)
    except InvalidLicense:
        return
    assert parse_license(canonical) == canonical


def test_the_list_of_licences_is_whole() -> None:
    from packaging.licenses import _spdx

    identifiers = [entry["id"] for entry in _spdx.LICENSES.values()]
    exceptions = [entry["id"] for entry in _spdx.EXCEPTIONS.values()]
    assert [text for text in identifiers if parse_license(text) != text] == []
    assert [text for text in exceptions if parse_license(f"MIT WITH {text}") != f"MIT WITH {text}"] == []


def test_references_to_own_terms_are_found_once_and_in_order() -> None:
    expression = parse_license("LicenseRef-B OR (MIT AND LicenseRef-A) OR LicenseRef-B")
    assert license_refs(expression) == ("LicenseRef-B", "LicenseRef-A")
    assert license_refs("MIT") == ()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Apache 2.0", "Apache-2.0"),
        ("apache", "Apache-2.0"),
        ("BSD 3 Clause", "BSD-3-Clause"),
        ("MPL2.0", "MPL-2.0"),
        ("proprietary", "LicenseRef-Proprietary"),
        ("GPL", None),
        ("CC-BY", "CC-BY-4.0"),
        ("CC-BY-SA", None),
        ("our own", None),
        ("", None),
    ],
)
def test_the_one_licence_that_is_meant(text: str, meant: str | None) -> None:
    assert nearest_license(text) == meant
