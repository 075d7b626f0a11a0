"""The blob store on a bucket: what goes wrong with a server, and what it costs."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import ipaddress
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from quantdesk.adapters.blob_store.minio import MinioBlobStore
from quantdesk.kit.bucket import Bucket, Superseded
from quantdesk.ports.errors import NotFound, PortError, StoreFull
from tests.support.s3_server import S3Server, moto_server


def store(server: S3Server, **changes: Any) -> MinioBlobStore:
    return MinioBlobStore(Bucket(server.bucket(**changes), "blobs/", "QD_BLOB"))


async def test_a_server_that_is_not_there_is_named_with_what_to_do(s3_server: S3Server) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        blobs = store(s3_server, endpoint=f"http://127.0.0.1:{free.getsockname()[1]}")
        for attempt in (blobs.get("x"), blobs.put("x", b""), blobs.keys(), blobs.size("x"), blobs.delete("x")):
            with pytest.raises(PortError, match=r"does not answer.*check QD_BLOB__ENDPOINT") as raised:
                await attempt
            assert not isinstance(raised.value, NotFound)


async def test_a_full_server_is_named_and_leaves_the_old_blob(failing_s3: S3Server) -> None:
    blobs = store(failing_s3)
    await blobs.put("x", b"old")
    failing_s3.app.refuse = lambda method, path: "XMinioStorageFull" if method == "PUT" else None
    with pytest.raises(StoreFull, match="nothing was written"):
        await blobs.put("x", b"new")
    assert await blobs.get("x") == b"old"


async def test_a_refused_key_is_named_and_not_shown(failing_s3: S3Server) -> None:
    failing_s3.app.refuse = lambda method, path: "InvalidAccessKeyId"
    with pytest.raises(PortError, match="check QD_BLOB__ACCESS_KEY and __SECRET_KEY") as raised:
        await store(failing_s3).put("x", b"")
    assert "not a secret" not in str(raised.value)


async def test_a_file_that_breaks_off_on_its_way_leaves_the_old_blob(failing_s3: S3Server, tmp_path: Path) -> None:
    """Of three parts the second is refused."""
    blobs = store(failing_s3)
    await blobs.put("x", b"old")
    (tmp_path / "draft").write_bytes(bytes(20 << 20))
    calls = iter(range(1, 100))
    failing_s3.app.refuse = lambda method, path: "AccessDenied" if method == "PUT" and next(calls) == 2 else None
    with pytest.raises(PortError):
        await blobs.put_file("x", tmp_path / "draft")
    failing_s3.app.refuse = lambda method, path: None
    assert await blobs.get("x") == b"old"
    assert await blobs.keys() == ["x"]
    assert (tmp_path / "draft").exists()


async def test_a_file_is_never_read_whole(s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "draft").write_bytes(bytes(20 << 20))
    asked: list[int] = []

    class Watched(io.FileIO):
        def read(self, size: int | None = -1) -> bytes:  # type: ignore[override]
            asked.append(-1 if size is None else size)
            return super().read(-1 if size is None else size)  # type: ignore[return-value]

    monkeypatch.setattr(Path, "open", lambda path, mode="r": Watched(str(path), "rb"))
    blobs = store(s3_server)
    await blobs.put_file("x", tmp_path / "draft")
    monkeypatch.undo()
    assert await blobs.size("x") == 20 << 20
    assert 0 < max(asked) <= 8 << 20
    assert min(asked) >= 0


async def test_the_event_loop_goes_on_while_the_server_is_slow(failing_s3: S3Server) -> None:
    blobs = store(failing_s3)
    await blobs.put("x", b"1")
    beats = 0
    arrived, go = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def wait(method: str, path: str) -> None:
        loop.call_soon_threadsafe(arrived.set)
        go.wait(30)

    failing_s3.app.refuse = wait
    reading = asyncio.create_task(blobs.get("x"))
    await arrived.wait()
    for _ in range(10):
        await asyncio.sleep(0)
        beats += 1
    assert not reading.done()
    go.set()
    assert await reading == b"1"
    assert beats == 10


def own_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 that nobody else has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(key.private_bytes(*form))
    return folder / "cert.pem", folder / "key.pem"


async def test_a_certificate_of_one_s_own_is_trusted_where_it_is_named(tmp_path: Path) -> None:
    certificate = own_certificate(tmp_path)
    with moto_server(certificate) as server:
        blobs = store(server, ca_file=certificate[0])
        await blobs.put("x", b"1")
        assert await blobs.get("x") == b"1"
        with pytest.raises(PortError, match="does not answer"):
            await store(server).get("x")


def test_a_conditional_write_is_done_once_only(s3_server: S3Server) -> None:
    """What two writers of one bar store rest on."""
    bucket = Bucket(s3_server.bucket(), "bars/", "QD_BARS")
    first = bucket.put_if("manifest.json", b"1", None)
    with pytest.raises(Superseded):
        bucket.put_if("manifest.json", b"2", None)
    second = bucket.put_if("manifest.json", b"3", first)
    with pytest.raises(Superseded):
        bucket.put_if("manifest.json", b"4", first)
    assert bucket.get_unless("manifest.json", first) == (second, b"3")
    assert bucket.get_unless("manifest.json", second) is None
    bucket.delete("manifest.json")
    with pytest.raises(Superseded):
        bucket.put_if("manifest.json", b"5", second)


def test_what_another_prefix_holds_is_not_seen(s3_server: S3Server) -> None:
    settings = s3_server.bucket()
    one, two = Bucket(settings, "bars/", "QD_BARS"), Bucket(settings, "blobs/", "QD_BLOB")
    one.put("x", b"bars")
    assert two.list() == []
    with pytest.raises(NotFound):
        two.get("x")
    [found] = one.list()
    assert (found.name, found.size) == ("x", 4)
    one.touch("x")
    assert one.get("x") == b"bars"
    assert one.list()[0].modified >= found.modified
