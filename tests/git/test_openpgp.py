"""OpenPGP signatures of commits, made by Git and GnuPG themselves."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelyard.errors import NotFinished
from modelyard.git import openpgp
from modelyard.git.objects import ObjectReader
from modelyard.git.signatures import signer, split_signature
from support.keys import PgpKey, new_key, pgp_key
from support.repositories import Repository, new_repository


@pytest.fixture(scope="module")
def ada() -> Iterator[PgpKey]:
    with pgp_key("ada") as key:
        yield key


@pytest.fixture(scope="module")
def grace() -> Iterator[PgpKey]:
    with pgp_key("grace", algorithm="rsa2048") as key:
        yield key


def raw(repository: Repository) -> bytes:
    with ObjectReader(repository.location) as reader:
        return reader.raw_commit(repository.head)


def sealed(commit: bytes, signature: bytes) -> bytes:
    """Return a commit with another signature in place of its own."""
    parts = split_signature(commit)
    payload = parts[0] if parts else commit
    return payload.replace(b"\n\n", b"\ngpgsig " + signature.rstrip(b"\n").replace(b"\n", b"\n ") + b"\n\n", 1)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_the_signer_is_whose_key_made_the_signature(tmp_path: Path, ada: PgpKey, grace: PgpKey, algorithm: str) -> None:
    repository = new_repository(tmp_path / "repository", f"--object-format={algorithm}")
    grace.sign(repository, "signed\n\ngpgsig is a word of the message, too")
    commit = raw(repository)
    keys = {"ada": [ada.public], "grace, * and all": [ada.public, grace.public]}
    assert signer(commit, {}, {"ada": [ada.public]}, algorithm=algorithm) is None
    assert signer(commit, {}, keys, algorithm=algorithm) == "grace, * and all"
    assert signer(commit.replace(b"too", b"two"), {}, keys, algorithm=algorithm) is None
    assert signer(commit, {}, None, algorithm=algorithm) is None
    ada.sign(repository)
    assert signer(raw(repository), {}, keys, algorithm=algorithm) == "ada"


def test_keys_of_one_kind_do_not_verify_the_other(tmp_path: Path, ada: PgpKey) -> None:
    repository = new_repository(tmp_path / "repository")
    ssh = new_key(tmp_path / "ssh")
    ada.sign(repository)
    assert signer(raw(repository), {"eve": [ssh.public]}, {"ada": [ada.public]}) == "ada"
    assert signer(raw(repository), {"eve": [ssh.public]}) is None
    ssh.sign(repository)
    assert signer(raw(repository), {"eve": [ssh.public]}, {"ada": [ada.public]}) == "eve"
    assert signer(raw(repository), {}, {"ada": [ada.public]}) is None


def test_the_users_own_keyring_and_configuration_take_no_part(
    tmp_path: Path, ada: PgpKey, grace: PgpKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = new_repository(tmp_path / "repository")
    ada.sign(repository)
    monkeypatch.setenv("GNUPGHOME", str(ada.home))
    assert signer(raw(repository), {}, {"grace": [grace.public]}) is None


def test_a_subkey_counts_for_its_key(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "repository")
    with pgp_key("linus") as key:
        fingerprint = key.gpg("--with-colons", "--list-keys").decode().split("fpr:::::::::", 1)[1].split(":")[0]
        key.gpg("--passphrase", "", "--quick-add-key", fingerprint, "ed25519", "sign", "never")
        public = key.gpg("--armor", "--export", key.user).decode()
        key.sign(repository)
        listed = key.gpg("--status-fd", "1", "--with-colons", "--list-secret-keys").decode()
        assert listed.count("\nssb:") == 1
        assert signer(raw(repository), {}, {"linus": [public]}) == "linus"
        # The key as it was before knows nothing of the subkey that signed.
        assert signer(raw(repository), {}, {"linus": [key.public]}) is None


@pytest.mark.parametrize(("expires", "counts"), [("20200201T000000", False), ("never", True)])
def test_an_expired_key_signs_no_more(tmp_path: Path, expires: str, counts: bool) -> None:
    repository = new_repository(tmp_path / "repository")
    with pgp_key("linus", expires=expires, moment="20200101T000000!") as key:
        key.sign(repository)
        assert signer(raw(repository), {}, {"linus": [key.public]}) == ("linus" if counts else None)


def test_a_revoked_key_signs_no_more(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "repository")
    with pgp_key("linus") as key:
        key.sign(repository)
        (revocation,) = (key.home / "openpgp-revocs.d").glob("*.rev")
        # A colon in front keeps people from revoking by accident.
        key.gpg("--import", data=revocation.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))
        revoked = key.gpg("--armor", "--export", key.user).decode()
        assert signer(raw(repository), {}, {"linus": [key.public]}) == "linus"
        assert signer(raw(repository), {}, {"linus": [revoked]}) is None


def test_what_is_no_single_sound_signature_counts_for_nobody(tmp_path: Path, ada: PgpKey, grace: PgpKey) -> None:
    repository = new_repository(tmp_path / "repository")
    repository.commit({"a": b""})
    commit = raw(repository)
    file = tmp_path / "payload"
    file.write_bytes(commit)
    keys = {"ada": [ada.public], "grace": [grace.public]}

    def made(*words: str, by: PgpKey = ada) -> bytes:
        return by.gpg("--local-user", by.user, *words, "--output", "-", file)

    good = made("--armor", "--detach-sign")
    assert signer(sealed(commit, good), {}, keys) == "ada"
    # In text mode line ends and blanks may differ from what was signed.
    assert signer(sealed(commit, made("--armor", "--textmode", "--detach-sign")), {}, keys) is None
    assert signer(sealed(commit, made("--armor", "--digest-algo", "SHA1", "--detach-sign", by=grace)), {}, keys) is None
    # A signed message holds other words than the commit.
    assert signer(sealed(commit, made("--armor", "--sign")), {}, keys) is None
    assert signer(sealed(commit, made("--clear-sign")), {}, keys) is None
    both = b"".join(made("--detach-sign", by=key) for key in (ada, grace))
    armoured = subprocess.run(["gpg", "--enarmor"], input=both, capture_output=True, check=True).stdout
    armoured = armoured.replace(b"PGP ARMORED FILE", b"PGP SIGNATURE")
    assert signer(sealed(commit, armoured), {}, keys) is None
    assert (
        signer(sealed(commit, b"-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----"), {}, keys) is None
    )
    assert (
        signer(sealed(commit, b"-----BEGIN SIGNED MESSAGE-----\nMIIB\n-----END SIGNED MESSAGE-----"), {}, keys) is None
    )


def test_what_is_no_key_verifies_nothing(tmp_path: Path, ada: PgpKey) -> None:
    repository = new_repository(tmp_path / "repository")
    ada.sign(repository)
    broken = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n"
    assert signer(raw(repository), {}, {"eve": [broken]}) is None
    assert signer(raw(repository), {}, {"eve": [broken], "ada": [ada.public]}) == "ada"


def test_without_gpg_nobody_can_tell(tmp_path: Path, ada: PgpKey, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = new_repository(tmp_path / "repository")
    ada.sign(repository)
    commit = raw(repository)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotFinished) as caught:
        openpgp.openpgp_signer(commit, b"", {"ada": [ada.public]})
    assert (caught.value.message, caught.value.hint) == (
        "gpg is not installed",
        "install GnuPG, or name the actor: --actor",
    )
