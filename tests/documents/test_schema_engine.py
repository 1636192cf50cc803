from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from jsonschema import FormatChecker

from modelyard.documents.schema_engine import ENGINES, Finding, build, engine_for, engine_names
from modelyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def schema_server() -> Iterator[tuple[str, list[str]]]:
    """Serve a schema that everything satisfies; yield its address and the requests so far."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/schema.json", requests
        server.shutdown()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef"])
def test_a_remote_reference_is_never_fetched(engine: str, keyword: str) -> None:
    with schema_server() as (address, requests):
        with pytest.raises(Exception, match=re.escape(address)):
            build({"properties": {"a": {keyword: address}}}, engine).findings({"a": 1})
        assert requests == []


@pytest.mark.parametrize("engine", ENGINES)
def test_a_document_cannot_choose_its_schema(engine: str) -> None:
    with schema_server() as (address, requests):
        document = {"$schema": address, "$ref": address, "version": "1.0.0"}
        findings = engine_for("STAGE_SCHEMA", engine).findings(document)
        assert findings == {Finding((), ("additionalProperties",))}
        assert requests == []


@pytest.mark.parametrize("engine", ENGINES)
def test_findings_say_where_in_the_document_and_where_in_the_schema(engine: str) -> None:
    findings = engine_for("STAGE_SCHEMA", engine).findings({"version": "v1", "traffic": {"1.0.0": 0, "x": "y"}})
    traffic = ("properties", "traffic")
    assert findings == {
        Finding(("version",), ("properties", "version", "format")),
        Finding(("traffic",), (*traffic, "propertyNames", "format")),
        Finding(("traffic", "1.0.0"), (*traffic, "additionalProperties", "minimum")),
        Finding(("traffic", "x"), (*traffic, "additionalProperties", "type")),
    }


def test_the_fast_engine_comes_first_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine_names() == ("jsonschema-rs", "jsonschema")
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    assert engine_names() == ("jsonschema",)


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(UsageError) as raised:
        engine_for("STAGE_SCHEMA", "ajv")
    assert raised.value.message == "there is no schema engine 'ajv'"
    assert raised.value.hint == "the engines are jsonschema-rs, jsonschema"


def test_an_engine_is_built_once() -> None:
    assert engine_for("STAGE_SCHEMA", "jsonschema") is engine_for("STAGE_SCHEMA", "jsonschema")


def test_our_formats_stay_out_of_everybody_elses_checker() -> None:
    engine_for("STAGE_SCHEMA", "jsonschema")
    assert [name for name in FormatChecker.checkers if name.startswith("modelyard-")] == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("key", ["", "0", "01", "+1", "a/b~c", "x y"])
def test_a_finding_keeps_an_odd_key_as_it_is(engine: str, key: str) -> None:
    findings = engine_for("METRICS_SCHEMA", engine).findings({"test": {key: None}})
    assert findings == {Finding(("test", key), ("additionalProperties", "additionalProperties", "type"))}
