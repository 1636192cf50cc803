"""Azure Blob Storage as Microsoft emulates it: Azurite, with its one well-known account."""

from __future__ import annotations

import re
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING

from support.tools import requires_tool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["CONTAINER", "AzureServer", "serve_azure"]

CONTAINER = "models"

_LISTENING = re.compile(r"successfully listens on (http://\S+)")
_ACCOUNT = "devstoreaccount1"
# Everybody's: the emulator's documentation has it.
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


@dataclass(frozen=True)
class AzureServer:
    """A running server with one container."""

    endpoint: str

    def connection(self, *, key: str = _KEY) -> str:
        """Return what ``AZURE_STORAGE_CONNECTION_STRING`` holds."""
        account = f"AccountName={_ACCOUNT};AccountKey={key};BlobEndpoint={self.endpoint}/{_ACCOUNT}"
        return f"DefaultEndpointsProtocol=http;{account};"


@contextmanager
def serve_azure(directory: Path) -> Iterator[AzureServer]:
    """Listen at a port of the system's choice until the block ends, and keep objects in a directory."""
    words: list[str | Path] = [requires_tool("azurite-blob"), "--blobHost", "127.0.0.1", "--blobPort", "0"]
    words += ["--location", directory]
    # Clients are newer than the newest version of the interface that it knows.
    words += ["--skipApiVersionCheck", "--disableTelemetry"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            server = AzureServer(_announced(process))
            reader = Thread(target=process.communicate)
            reader.start()
            _make_container(server)
            yield server
        finally:
            process.kill()


def _announced(process: subprocess.Popen[str]) -> str:
    seen = []
    for line in process.stdout or ():
        if found := _LISTENING.search(line):
            return found[1]
        seen.append(line)
    raise AssertionError("Azurite did not start: " + "".join(seen))


def _make_container(server: AzureServer) -> None:
    from azure.storage.blob import BlobServiceClient

    with BlobServiceClient.from_connection_string(server.connection()) as client:
        client.create_container(CONTAINER)
