"""The program that a test runs as moto's server, which by itself checks no address that was signed.

It takes the signature of such an address for that of a request, and computes it as S3 does: by botocore's own signer.
Who the key belongs to, and what it may do, stays moto's to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from wsgiref.util import request_uri

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from moto.iam.access_control import S3IAMRequest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Environ = dict[str, Any]
    Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

_ADDRESS = "X-Signed-Address"


def main() -> None:
    """Serve at a port of the system's choice, and say where."""
    S3IAMRequest._calculate_signature = _signature_of_address  # type: ignore[assignment, method-assign]
    application = _taking_addresses(DomainDispatcherApplication(create_backend_app))
    run_simple("127.0.0.1", 0, application, threaded=True)


def _taking_addresses(application: Application) -> Application:
    def answer(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        said = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
        if signature := said.get("X-Amz-Signature"):
            credential, signed = said["X-Amz-Credential"], said["X-Amz-SignedHeaders"]
            words = [f"Credential={credential}", f"SignedHeaders={signed}", f"Signature={signature}"]
            environ["HTTP_AUTHORIZATION"] = f"{said['X-Amz-Algorithm']} {', '.join(words)}"
            environ["HTTP_X_AMZ_DATE"] = said["X-Amz-Date"]
            environ["HTTP_X_SIGNED_ADDRESS"] = request_uri(environ)
            if token := said.get("X-Amz-Security-Token"):
                environ["HTTP_X_AMZ_SECURITY_TOKEN"] = token
        return application(environ, start)

    return answer


_signature_of_request = S3IAMRequest._calculate_signature


def _signature_of_address(request: S3IAMRequest) -> str:
    address = request._headers.get(_ADDRESS)
    if address is None:
        return _signature_of_request(request)
    path, _, query = address.partition("?")
    rest = "&".join(pair for pair in query.split("&") if not pair.startswith("X-Amz-Signature="))
    signed = AWSRequest(request._method, f"{path}?{rest}", {"Host": request._headers["Host"]})
    signed.context["timestamp"] = request._headers["X-Amz-Date"]
    signer = S3SigV4QueryAuth(request._access_key.create_credentials(), request._service, request._region)
    signature: str = signer.signature(signer.string_to_sign(signed, signer.canonical_request(signed)), signed)
    return signature


if __name__ == "__main__":
    main()
