"""Keys in HashiCorp Vault (or OpenBao): data keys are wrapped by its transit engine, named keys lie in its KV store.

The master key never leaves Vault. What has been unwrapped is kept in memory for a few minutes, so that Vault is not
asked at every read.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import re
import secrets
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any

import httpx

from quantdesk.ports.errors import KeyMissing, KeyTampered, PortError
from quantdesk.ports.key_provider import MasterKey, Wrapped

KEY_BYTES = 32
_TIMEOUT = 5.0
_KEPT = 256
_KEPT_SECONDS = 300.0


class VaultKeyProvider:
    def __init__(
        self, url: str, token: str, *, transit: str = "transit", kv: str = "secret", name: str = "quantdesk",
        ca_file: Path | None = None,
    ) -> None:  # fmt: skip
        """Ask nothing yet.

        Args:
            url: Address of the server, e.g. https://vault.example:8200.
            token: With leave to use the transit key and to read and write the KV path.
            transit: Mount of the transit engine.
            kv: Mount of a KV store of version 2.
            name: Of the transit key, and of the KV folder.
            ca_file: Certificates to trust, in place of the system's.
        """
        self._base = f"{url.rstrip('/')}/v1/"
        self._headers = {"X-Vault-Token": token, "X-Vault-Request": "true"}
        self._transit, self._kv, self._name = transit, kv, name
        self._verify: Any = str(ca_file) if ca_file else True
        self._client: httpx.AsyncClient | None = None
        self._named: dict[str, bytes] = {}
        self._open: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    def key(self, name: str) -> bytes:
        """Give a named key from the KV store; the first to ask makes it. Asked once a process, then kept in memory."""
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,40}", name):
            raise PortError(f"key name {name!r} is not of the form a-z, 0-9, -")
        if name not in self._named:
            path = f"{self._kv}/data/{self._name}/{name}"
            with httpx.Client(headers=self._headers, timeout=_TIMEOUT, verify=self._verify, trust_env=False) as client:
                found = self._sent(client.build_request("GET", self._base + path), client)
                if found.status_code == 404:
                    made = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
                    # cas 0: it is written only where there is none, so that of two processes one wins
                    body = {"data": {"key": made}, "options": {"cas": 0}}
                    self._sent(client.build_request("POST", self._base + path, json=body), client)
                    found = self._sent(client.build_request("GET", self._base + path), client)
            self._named[name] = _named_key(self._checked(found), name)
        return self._named[name]

    async def master(self) -> MasterKey:
        answer = await self._ask("GET", f"keys/{self._name}")
        if answer.status_code == 404:
            self._checked(await self._ask("POST", f"keys/{self._name}", {"type": "aes256-gcm96"}))
            answer = await self._ask("GET", f"keys/{self._name}")
        data = self._checked(answer)
        newest = int(data["latest_version"])
        made = data["keys"][str(newest)]
        at = dt.datetime.fromtimestamp(made, dt.UTC) if isinstance(made, int) else dt.datetime.fromisoformat(made)
        return MasterKey(newest, at)

    async def rotate(self, after: int) -> MasterKey:
        if (await self.master()).version <= after:
            self._checked(await self._ask("POST", f"keys/{self._name}/rotate"))
        return await self.master()

    async def wrap(self, data_key: bytes, about: bytes) -> Wrapped:
        await self.master()
        body = {"plaintext": _b64(data_key), "associated_data": _b64(about)}
        text = str(self._checked(await self._ask("POST", f"encrypt/{self._name}", body))["ciphertext"])
        return Wrapped(_version_of(text), text)

    async def unwrap(self, wrapped: Wrapped, about: bytes) -> bytes:
        if _version_of(wrapped.text) != wrapped.version:
            raise KeyTampered("a wrapped data key is not of the version that it was stored with")
        known = hashlib.sha256(about + b"\0" + wrapped.text.encode()).hexdigest()
        if (kept := self._open.get(known)) and kept[0] > time.monotonic():
            return kept[1]
        body = {"ciphertext": wrapped.text, "associated_data": _b64(about)}
        answer = await self._ask("POST", f"decrypt/{self._name}", body)
        if answer.status_code == 400:
            said = _errors_of(answer)
            if "version" in said:
                raise KeyMissing(f"Vault does not open version {wrapped.version} of the key {self._name}: {said}")
            raise KeyTampered("a wrapped data key is not what it was when it was stored")
        data_key = base64.b64decode(self._checked(answer)["plaintext"])
        self._open[known] = (time.monotonic() + _KEPT_SECONDS, data_key)
        while len(self._open) > _KEPT:
            self._open.popitem(last=False)
        return data_key

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        if self._client is None:
            self._client = httpx.AsyncClient(
                headers=self._headers, timeout=_TIMEOUT, verify=self._verify, trust_env=False
            )
        try:
            return await self._client.request(method, f"{self._base}{self._transit}/{path}", json=body)
        except httpx.HTTPError as error:
            raise self._away(error) from None

    def _sent(self, request: httpx.Request, client: httpx.Client) -> httpx.Response:
        try:
            return client.send(request)
        except httpx.HTTPError as error:
            raise self._away(error) from None

    def _away(self, error: httpx.HTTPError) -> PortError:
        return PortError(
            f"Vault at {self._base} does not answer ({type(error).__name__}); start it or correct QD_KEYS__URL"
        )

    def _checked(self, answer: httpx.Response) -> dict[str, Any]:
        """Give the answer's data. Raise PortError with what to do about a refusal."""
        if answer.is_success:
            return dict(answer.json().get("data") or {}) if answer.content else {}
        said = _errors_of(answer)
        match answer.status_code:
            case 403:
                raise PortError(f"Vault refuses the token of QD_KEYS__TOKEN: {said}")
            case 503:
                raise PortError("Vault is sealed or in standby; unseal it")
            case 404:
                raise PortError(f"Vault has no engine at {self._transit}/ or {self._kv}/, or no such path: {said}")
            case status:
                raise PortError(f"Vault answered {status}: {said}")


def _named_key(data: dict[str, Any], name: str) -> bytes:
    try:
        key = base64.b64decode(data["data"]["key"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        raise PortError(f"Vault's value of {name} is no key of {KEY_BYTES} bytes; restore its older version")
    return key


def _version_of(text: str) -> int:
    match = re.match(r"vault:v([1-9][0-9]{0,8}):", text)
    if match is None:
        raise KeyTampered("a wrapped data key is not of Vault's form")
    return int(match[1])


def _errors_of(answer: httpx.Response) -> str:
    try:
        found = answer.json().get("errors") or []
        return "; ".join(map(str, found))[:300] or "no reason given"
    except (ValueError, AttributeError):
        return "no reason given"


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
