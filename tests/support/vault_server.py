"""A hand-made stand-in for HashiCorp Vault: as much of its transit engine and its KV store as the key provider uses.

It follows https://developer.hashicorp.com/vault/api-docs/secret/transit and …/kv/kv-v2; no real Vault was asked.
"""

from __future__ import annotations

import base64
import json
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN = "stand-in-token"
MADE = "2026-08-01T00:00:00Z"


class VaultServer:
    def __init__(self) -> None:
        self.masters: dict[str, list[bytes]] = {}
        self.values: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.sealed = False
        """Answer as a sealed Vault does."""
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._do({})

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self._do(json.loads(raw) if raw else {})

            def _do(self, body: dict[str, Any]) -> None:
                with server._lock:
                    path = self.path.removeprefix("/v1/")
                    status, answer = server._answer(self.command, path, body, self.headers.get("X-Vault-Token"))
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None: ...

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def _answer(self, method: str, path: str, body: dict[str, Any], token: str | None) -> tuple[int, dict[str, Any]]:
        self.asked.append(f"{method} {path}")
        if self.sealed:
            return _refused(503, "Vault is sealed")
        if token != TOKEN:
            return _refused(403, "permission denied")
        if match := re.fullmatch(r"transit/(keys|encrypt|decrypt)/([\w-]+)(/rotate)?", path):
            return self._transit(method, match[1], match[2], bool(match[3]), body)
        if match := re.fullmatch(r"secret/data/([\w/-]+)", path):
            return self._kv(method, match[1], body)
        return _refused(404, "no handler for route")

    def _transit(
        self, method: str, what: str, name: str, rotate: bool, body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        versions = self.masters.get(name)
        if what == "keys" and method == "POST":
            self.masters.setdefault(name, [os.urandom(32)])
            if rotate:
                self.masters[name].append(os.urandom(32))
            return 200, {"data": {}}
        if versions is None:
            return _refused(404 if what == "keys" else 400, "encryption key not found")
        if what == "keys":
            made = {str(number): MADE for number in range(1, len(versions) + 1)}
            return 200, {"data": {"latest_version": len(versions), "keys": made}}
        about = base64.b64decode(body["associated_data"])
        if what == "encrypt":
            nonce = os.urandom(12)
            sealed = nonce + AESGCM(versions[-1]).encrypt(nonce, base64.b64decode(body["plaintext"]), about)
            text = f"vault:v{len(versions)}:{base64.b64encode(sealed).decode()}"
            return 200, {"data": {"ciphertext": text, "key_version": len(versions)}}
        _, version, text = body["ciphertext"].split(":", 2)
        if int(version[1:]) > len(versions):
            return _refused(400, "invalid ciphertext: version is too new")
        try:
            sealed = base64.b64decode(text, validate=True)
            plain = AESGCM(versions[int(version[1:]) - 1]).decrypt(sealed[:12], sealed[12:], about)
        except (InvalidTag, ValueError):
            return _refused(400, "cipher: message authentication failed")
        return 200, {"data": {"plaintext": base64.b64encode(plain).decode()}}

    def _kv(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if method == "GET":
            if path not in self.values:
                return _refused(404)
            return 200, {"data": {"data": self.values[path], "metadata": {"version": 1}}}
        if body["options"]["cas"] == 0 and path in self.values:
            return _refused(400, "check-and-set parameter did not match the current version")
        self.values[path] = body["data"]
        return 200, {"data": {"version": 1}}


def _refused(status: int, *errors: str) -> tuple[int, dict[str, Any]]:
    return status, {"errors": list(errors)}


@contextmanager
def running_vault() -> Iterator[VaultServer]:
    server = VaultServer()
    try:
        yield server
    finally:
        server.close()
