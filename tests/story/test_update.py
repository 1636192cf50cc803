from __future__ import annotations

import json
from pathlib import Path

import pytest

from modelyard.documents import lockfile
from support.applications import address_of, promote, release, write_list
from support.registry import CARD, Ran, Scene

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture
def application(merged: Scene, application: Path) -> Path:
    """An application that has locked fraud@production as 1.0.0; we stand in it."""
    assert merged.run("lock").code == 0
    return application


def locked(application: Path) -> dict[str, str]:
    lock = lockfile.parse((application / "models.lock").read_bytes())
    return {name: str(each.delivery.version) for name, each in lock.models.items()}


def test_nothing_moves_where_nothing_did(merged: Scene, application: Path) -> None:
    before = (application / "models.lock").read_bytes()
    merged.registry.git("commit", "--quiet", "--allow-empty", "--message", "Nothing of ours")
    merged.push()

    assert merged.run("update") == Ran(0, "nothing moves: what is locked is what is asked for\n", "")
    assert (application / "models.lock").read_bytes() == before


def test_the_lock_moves_and_the_difference_is_told(merged: Scene, application: Path, tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_text(CARD.replace("from one country", "from two countries").replace("MIT", "Apache-2.0"))
    words = ("--n", "1000", "--metrics", "accuracy=0.96", "--card", str(card), "--license", "Apache-2.0")
    release(merged, "1.2.0", *words)
    promote(merged, "1.2.0")

    ran = merged.run("update", "fraud")

    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[:3] == [
        "this change moves fraud from 1.0.0 to 1.2.0 in models.lock",
        "",
        "fraud@1.2.0, against 1.0.0 in models.lock",
    ]
    assert "    better than 1.0.0, by accuracy" in lines
    assert "    licence             Apache-2.0                                            was MIT" in lines
    assert lines[lines.index("  signature") + 1] == "    no signature is stated"
    assert "    │ -Trained on one month of payments, from one country." in lines
    assert "    │ +Trained on one month of payments, from two countries." in lines
    assert lines[-3:] == ["next:", "  modelyard sync", "  git add models.lock"]
    assert locked(application) == {"fraud": "fraud@1.2.0"}


def test_markdown_is_ready_for_a_pull_request(merged: Scene, application: Path) -> None:
    release(merged, "1.2.0", "--n", "1000", "--metrics", "accuracy=0.96")
    promote(merged, "1.2.0")

    ran = merged.run("update", "--format", "markdown")

    assert ran.out.splitlines()[0] == (
        "## This change moves <code>fraud</code> from <code>1.0.0</code> to <code>1.2.0</code> "
        "in <code>models.lock</code>"
    )
    assert "<tr><td>licence</td><td><code>MIT</code></td><td>the same</td></tr>" in ran.out
    assert "- Signature: no signature is stated" in ran.out.splitlines()


def test_a_dry_run_writes_nothing_and_a_program_reads_it(merged: Scene, application: Path) -> None:
    release(merged, "1.2.0", "--n", "1000", "--metrics", "accuracy=0.96")
    promote(merged, "1.2.0")
    before = (application / "models.lock").read_bytes()

    ran = merged.run("update", "--dry-run", "--format", "json")

    found = json.loads(ran.out)
    assert (application / "models.lock").read_bytes() == before
    assert found["moved"]["fraud"]["before"]["version"] == "fraud@1.0.0"
    assert found["moved"]["fraud"]["after"] == {
        "version": "fraud@1.2.0",
        "commit": merged.registry.head,
        "registry": "file://SCENE/origin.git",
    }
    (candidate,) = found["review"]["candidates"]
    assert (candidate["version"], candidate["against"], candidate["serves_in"]) == (
        "fraud@1.2.0",
        "fraud@1.0.0",
        "models.lock",
    )
    assert candidate["verdict"]["verdict"] == "better"


def test_one_model_moves_and_the_others_stay(merged: Scene, application: Path) -> None:
    write_list(
        application, address_of(merged), {"fraud": '"production"', "spare": '{ model = "fraud", version = "latest" }'}
    )
    assert merged.run("lock").code == 0
    release(merged, "1.2.0")
    promote(merged, "1.2.0")

    assert merged.run("update", "spare").code == 0

    assert locked(application) == {"fraud": "fraud@1.0.0", "spare": "fraud@1.2.0"}


def test_a_model_that_nobody_asks_for_is_not_updated(merged: Scene, application: Path) -> None:
    assert merged.run("update", "fruad") == Ran(
        2, "", "modelyard: modelyard.toml asks for no model 'fruad'\n    hint: did you mean fraud?\n"
    )


def test_what_is_asked_for_and_not_locked_yet_is_locked_too(merged: Scene, application: Path) -> None:
    write_list(application, address_of(merged), {"spare": '{ model = "fraud", version = "1.1.0" }'})

    ran = merged.run("update")

    assert ran.out.splitlines()[0] == (
        "this change locks spare at fraud@1.1.0 in models.lock; takes fraud out of models.lock"
    )
    assert locked(application) == {"spare": "fraud@1.1.0"}


def test_what_is_outdated_is_listed(merged: Scene, application: Path) -> None:
    fine = "nothing is outdated: what is locked is what is asked for\n"
    assert merged.run("outdated", "--exit-code") == Ran(0, fine, "")
    release(merged, "1.2.0")
    promote(merged, "1.1.0")

    ran = merged.run("outdated")

    table = "model  locked  asked for   means  latest\nfraud  1.0.0   production  1.1.0  1.2.0\n"
    assert ran == Ran(0, f"{table}next:\n  modelyard update fraud\n", "")
    assert merged.run("outdated", "--exit-code").code == 1
    assert json.loads(merged.run("outdated", "--format", "json").out) == {
        "models": {
            "fraud": {
                "locked": "fraud@1.0.0",
                "reference": "fraud@production",
                "wanted": "fraud@1.1.0",
                "latest": "fraud@1.2.0",
                "outdated": True,
                "remarks": [],
            }
        }
    }


def test_a_version_that_was_yanked_is_outdated_even_where_it_was_named(merged: Scene, application: Path) -> None:
    write_list(application, address_of(merged), {"fraud": '"1.1.0"'})
    assert merged.run("lock").code == 0
    ran = merged.run("yank", "fraud@1.1.0", "--reason", "leaks", "--registry", merged.registry.path)
    assert ran.code == 0, ran.err
    merged.commit("Yank")
    merged.push()

    ran = merged.run("outdated", "--exit-code")

    assert ran.code == 1
    assert ran.out.splitlines()[1:] == [
        "fraud  1.1.0   1.1.0      nothing  1.0.0",
        "  fraud@1.1.0 was yanked: leaks",
        "next:",
        "  modelyard update fraud",
    ]


def test_outdated_refuses_a_lock_that_is_not_what_is_asked_for(merged: Scene, application: Path) -> None:
    write_list(application, address_of(merged), {"fraud": '"latest"'})

    ran = merged.run("outdated")

    assert ran.code == 1
    assert ran.err.startswith("modelyard: models.lock is not what modelyard.toml asks for: fraud is locked as")
