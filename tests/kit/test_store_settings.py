"""Which stores are built by which settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from quantdesk.bootstrap import make_bar_store, make_blob_store, make_document_store, make_quote_store
from quantdesk.cli.doctor import shown_settings
from quantdesk.settings import load_settings


def test_without_settings_all_is_in_files(home: Path) -> None:
    assert type(make_blob_store(load_settings())).__name__ == "FileBlobStore"
    assert type(make_quote_store(load_settings())).__name__ == "SqliteQuoteStore"


def test_blobs_go_to_a_bucket_by_variables_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"KIND": "minio", "ENDPOINT": "http://127.0.0.1:9000", "ACCESS_KEY": "app", "SECRET_KEY": "h3-Vq0"}
    for name, value in named.items():
        monkeypatch.setenv(f"QD_BLOB__{name}", value)
    settings = load_settings()
    assert type(make_blob_store(settings)).__name__ == "MinioBlobStore"
    shown = shown_settings(settings)
    assert shown["QD_BLOB__ENDPOINT"] == "http://127.0.0.1:9000"
    assert "h3-Vq0" not in str(shown)


def test_bars_go_to_a_bucket_by_variables_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"KIND": "minio", "ENDPOINT": "http://127.0.0.1:9000", "ACCESS_KEY": "app", "SECRET_KEY": "h3-Vq0"}
    for name, value in {**named, "CACHE_MB": "64"}.items():
        monkeypatch.setenv(f"QD_BARS__{name}", value)
    settings = load_settings()
    assert settings.bars.kind == "minio"
    make_bar_store(settings)
    assert list(home.iterdir()) == [], "nothing is made or asked before it is used"


def test_documents_go_to_mongodb_by_variables_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QD_DOCUMENTS__KIND", "mongo")
    monkeypatch.setenv("QD_DOCUMENTS__URL", "mongodb://app:t5-Xn@one:27017,two:27017/?authSource=admin")
    settings = load_settings()
    assert type(make_document_store(settings)).__name__ == "MongoDocumentStore"
    assert shown_settings(settings)["QD_DOCUMENTS__URL"] == "mongodb://app:***@one:27017,two:27017/?authSource=admin"


def test_quotes_go_to_influxdb_by_variables_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"KIND": "influx", "URL": "http://127.0.0.1:8086", "TOKEN": "p8-Zs2"}.items():
        monkeypatch.setenv(f"QD_QUOTES__{name}", value)
    settings = load_settings()
    assert type(make_quote_store(settings)).__name__ == "InfluxQuoteStore"
    assert "p8-Zs2" not in str(shown_settings(settings))


@pytest.mark.parametrize("endpoint", ["127.0.0.1:9000", "http://minio:9000/path", "s3://minio", ""])
def test_an_endpoint_that_is_none_stops_the_start(home: Path, monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    for name, value in {"KIND": "minio", "ENDPOINT": endpoint, "ACCESS_KEY": "a", "SECRET_KEY": "b"}.items():
        monkeypatch.setenv(f"QD_BLOB__{name}", value)
    with pytest.raises(ValidationError, match="endpoint"):
        load_settings()


def test_an_unknown_kind_stops_the_start(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QD_BLOB__KIND", "ftp")
    with pytest.raises(ValidationError, match="blob"):
        load_settings()
