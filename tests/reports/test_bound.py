"""Each format tells which commits its verdict is bound to, and that owners were not judged where nobody is named."""

from __future__ import annotations

import json

import pytest

from modelyard import __version__
from modelyard.reports import gitlab, sarif
from modelyard.reports.formats import FORMATS, render
from modelyard.values import replace
from support.judgements import BOUND
from support.told import NO_OWNERS

HEAD, BASE = "1" * 40, "2" * 40
TEXT = f"""\
{NO_OWNERS}judged: commit 111111111111 against 222222222222, where main was
passed: no problems, 1 model version judged
"""
JSON = f"""\
{{
  "schema_version": 1,
  "tool": {{
    "name": "modelyard",
    "version": "{__version__}"
  }},
  "refused": false,
  "subject": "commit",
  "commit": "{HEAD}",
  "base": "{BASE}",
  "base_reason": "where main was",
  "founded": false,
  "actor": null,
  "owners_judged": false,
  "versions": [
    "fraud@1.0.0"
  ],
  "problems": [],
  "pre_existing": [],
  "healed": [],
  "exempted": []
}}
"""
GITLAB = f"""\
[
  {{
    "description": "judged: commit {HEAD} against {BASE}, where main was. {NO_OWNERS.strip()}",
    "check_name": "modelyard",
    "fingerprint": "44f4dc018f21f09c8e1edfd90de1d2baac2cd8108aed24d3b07b70c7b37427ce",
    "severity": "info",
    "location": {{
      "path": "model_registry",
      "lines": {{
        "begin": 1
      }}
    }}
  }}
]
"""
SARIF = f"""\
{{
  "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
  "version": "2.1.0",
  "runs": [
    {{
      "tool": {{
        "driver": {{
          "name": "modelyard",
          "semanticVersion": "{__version__}",
          "rules": []
        }}
      }},
      "invocations": [
        {{
          "executionSuccessful": true,
          "toolExecutionNotifications": [
            {{
              "level": "note",
              "message": {{
                "text": "{NO_OWNERS.strip()}"
              }}
            }}
          ]
        }}
      ],
      "automationDetails": {{
        "id": "modelyard/{HEAD}"
      }},
      "originalUriBaseIds": {{
        "SRCROOT": {{
          "description": {{
            "text": "The root of the repository."
          }}
        }}
      }},
      "columnKind": "unicodeCodePoints",
      "results": [],
      "properties": {{
        "commit": "{HEAD}",
        "base": "{BASE}",
        "founded": false,
        "actor": null,
        "owners_judged": false
      }}
    }}
  ]
}}
"""
JUNIT = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="modelyard" tests="2" failures="0" errors="0">
  <testsuite name="modelyard" tests="2" failures="0" errors="0" skipped="0">
    <properties>
      <property name="commit" value="{HEAD}"/>
      <property name="base" value="{BASE}"/>
    </properties>
    <testcase classname="modelyard" name="registry"/>
    <testcase classname="modelyard" name="fraud@1.0.0"/>
    <system-out>{NO_OWNERS}judged: commit 111111111111 against 222222222222, where main was</system-out>
  </testsuite>
</testsuites>
"""
MARKDOWN = """\
## modelyard: passed

**Passed**: no problems, 1 model version judged. Judged: commit 111111111111 against 222222222222, where main was.

Owners were not judged: nobody said who makes this change (--actor NAME).
"""
WHOLE = {
    "text": TEXT,
    "json": JSON,
    "github": TEXT,
    "gitlab": GITLAB,
    "sarif": SARIF,
    "junit": JUNIT,
    "markdown": MARKDOWN,
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_is_bound_to_its_commits_and_names_no_actor(name: str) -> None:
    # The rules that SARIF lists are all that it has beside.
    rendered = sarif.render(BOUND, ()) if name == "sarif" else render(BOUND, name)
    assert rendered == WHOLE[name]


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "json"])
def test_with_an_actor_nothing_is_said_of_owners_that_were_not_judged(name: str) -> None:
    assert "owners were not judged" not in render(replace(BOUND, actor="ann", owners_judged=True), name).lower()


def test_what_gitlab_gets_to_know_of_the_judging_is_never_new() -> None:
    one, other = (json.loads(gitlab.render(replace(BOUND, commit=digit * 40)))[0] for digit in "34")
    assert one["description"] != other["description"]
    assert one["fingerprint"] == other["fingerprint"]
