"""Debian's own SSH server: ``sshd``, asked for one file system by its SFTP, with keys that a test has made."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from support.tools import requires_tool, unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SshServer", "known_host", "new_key", "serve_ssh"]

_SETTINGS = """\
HostKey {host_key}
AuthorizedKeysFile {authorized}
AuthenticationMethods publickey
PermitRootLogin yes
PidFile none
StrictModes no
UsePAM no
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True)
class SshServer:
    """A running server that lets in who runs the tests, with one key; its files are those of this machine."""

    listener: socket.socket
    port: int
    directory: Path
    user: str = field(default_factory=getpass.getuser)

    def stop(self) -> None:
        """Take no more connections."""
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)

    @property
    def root(self) -> Path:
        """Where objects may lie."""
        return self.directory / "objects"

    @property
    def url(self) -> str:
        return f"ssh://{self.user}@127.0.0.1:{self.port}{self.root}"

    @property
    def address(self) -> str:
        """The URL as messages have it."""
        return self.url.replace(f"{self.user}@", "")

    @property
    def keyfile(self) -> Path:
        """The private key that is let in."""
        return self.directory / "key"

    def known_host(self) -> str:
        """Return the line that makes the server known."""
        return known_host(self.port, self.directory / "host_key")


def known_host(port: int, host_key: Path) -> str:
    """Return the line of ``known_hosts`` that says which key is behind a port of this machine."""
    return f"[127.0.0.1]:{port} {host_key.with_suffix('.pub').read_text('utf-8')}"


def new_key(path: Path) -> Path:
    """Make a key without a passphrase, the public half beside it."""
    subprocess.run([requires_tool("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


@contextmanager
def serve_ssh(directory: Path) -> Iterator[SshServer]:
    """Listen at a port of the system's choice until the block ends; each connection gets a ``sshd`` of its own.

    :param directory: for keys, settings and objects.
    """
    sshd = _sshd()
    (directory / "objects").mkdir(parents=True)
    shutil.copyfile(new_key(directory / "key").with_suffix(".pub"), directory / "authorized")
    settings = _SETTINGS.format(host_key=new_key(directory / "host_key"), authorized=directory / "authorized")
    (directory / "sshd_config").write_text(settings, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=_accept, args=(listener, [sshd, "-i", "-e", "-f", directory / "sshd_config"]))
        thread.start()
        server = SshServer(listener, listener.getsockname()[1], directory)
        try:
            yield server
        finally:
            server.stop()
            thread.join()


def _sshd() -> str:
    # Debian keeps it where only root looks.
    found = shutil.which("sshd", path=os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"]))
    if found is None:
        unavailable("sshd is not installed: apt-get install openssh-server")
    if os.geteuid() == 0:
        # It insists on this directory of its own, which otherwise the service makes.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    return found


def _accept(listener: socket.socket, command: list[str | Path]) -> None:
    processes = []
    with suppress(OSError):
        while True:
            caller, _address = listener.accept()
            with caller:
                processes.append(
                    subprocess.Popen(command, stdin=caller.fileno(), stdout=caller.fileno(), stderr=subprocess.DEVNULL)
                )
    for process in processes:
        process.kill()
        process.wait()
