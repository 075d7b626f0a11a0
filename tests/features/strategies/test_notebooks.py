"""Jupyter notebooks in and out, and what people or attackers send instead."""

from __future__ import annotations

import json
from typing import Any

import httpx
import nbformat
import pytest

from quantdesk.features.strategies import notebooks

URL = "/api/v1/strategies"


def notebook(*sources: str, **changed: Any) -> bytes:
    """A notebook of format 4.5, hand-made as Jupyter saves it, with outputs."""
    cells = [
        {
            "cell_type": "code",
            "execution_count": 1,
            "id": f"a{number}",
            "metadata": {},
            "outputs": [{"name": "stdout", "output_type": "stream", "text": ["secret output\n"]}],
            "source": source.splitlines(keepends=True),
        }
        for number, source in enumerate(sources)
    ]
    made = {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(made | changed).encode()


async def send(
    client: httpx.AsyncClient, data: bytes, file: str = "我的 策略.ipynb", key: str | None = None, **query: str
) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return await client.post(f"{URL}/import-ipynb", files={"file": (file, data)}, params=query, headers=headers)


async def test_a_notebook_becomes_a_strategy_and_a_notebook_again(trader: httpx.AsyncClient) -> None:
    answer = await send(trader, notebook("%time a = 1", "b = 2\n\nc = 3"))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["name"], made["version"]) == ("我的 策略", 1)
    assert made["code"] == "# %%\n# magic: %time a = 1\n\n# %%\nb = 2\n\nc = 3\n"
    back = await trader.get(f"{URL}/{made['id']}/ipynb")
    assert back.status_code == 200
    assert back.headers["content-type"] == "application/x-ipynb+json"
    assert "%E6%88%91%E7%9A%84%20%E7%AD%96%E7%95%A5.ipynb" in back.headers["content-disposition"]
    nbformat.validate(nbformat.reads(back.text, as_version=4))  # type: ignore[no-untyped-call]
    cells = back.json()["cells"]
    assert ["".join(cell["source"]) for cell in cells] == ["%time a = 1", "b = 2\n\nc = 3"]
    assert [cell["outputs"] for cell in cells] == [[], []]


async def test_a_file_comes_back_from_a_notebook_as_it_was(trader: httpx.AsyncClient) -> None:
    code = "import backtrader as bt\n\n\n#%% look\n\n# %% [md]\n#tight\nnot a comment"
    made = (await trader.post(URL, json={"name": "a", "code": code})).json()
    data = (await trader.get(f"{URL}/{made['id']}/ipynb")).content
    assert (await send(trader, data)).json()["code"] == code


async def test_a_name_given_counts_before_the_files(trader: httpx.AsyncClient) -> None:
    assert (await send(trader, notebook("a"), name="given")).json()["name"] == "given"
    assert (await send(trader, notebook("a"), file="../../etc/x\u2028y.IPYNB")).json()["name"] == "x y"
    assert (await send(trader, notebook("a"), file=".ipynb")).json()["name"] == "notebook"
    assert (await send(trader, notebook("a"), name="two\nlines")).status_code == 422


async def test_an_upload_sent_twice_makes_one_strategy(trader: httpx.AsyncClient) -> None:
    first = await send(trader, notebook("a"), key="k1")
    again = await send(trader, notebook("a"), key="k1")
    assert first.json()["id"] == again.json()["id"]
    assert (await send(trader, notebook("b"), key="k1")).json()["code"] == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "notebook_unreadable"),
        (b"PK\x03\x04\xff\xfe", 422, "notebook_unreadable"),
        (b"print(1)", 422, "notebook_unreadable"),
        (b"[]", 422, "notebook_unreadable"),
        (b'{"cells": []}', 422, "notebook_unreadable"),
        (b"[" * 3_000_000, 422, "notebook_unreadable"),
        (b'{"a":' * 1_000_000, 422, "notebook_unreadable"),
        (b'{"nbformat": ' + b"9" * 100_000 + b"}", 422, "notebook_unreadable"),
        (notebook(cells=[{"cell_type": "code", "source": 1}]), 422, "notebook_unreadable"),
        (notebook("a\x00b"), 422, "notebook_unreadable"),
        (notebook("\ud800"), 422, "notebook_unreadable"),
        (notebook("a", nbformat=3), 422, "notebook_format"),
        (notebook("a", nbformat="4"), 422, "notebook_format"),
        (notebook("a", metadata={"language_info": {"name": "R"}}), 422, "notebook_not_python"),
        (notebook("a", metadata={"kernelspec": {"language": "julia"}}), 422, "notebook_not_python"),
        (notebook("a" * 1_000_001), 413, "notebook_too_large"),
        (b" " * (notebooks.MAX_FILE + 1), 413, "notebook_too_large"),
        (b" " * (notebooks.MAX_FILE * 2), 413, "notebook_too_large"),
    ],
    ids=range(18),
)
async def test_what_cannot_be_imported_is_named(
    trader: httpx.AsyncClient, data: bytes, status: int, code: str
) -> None:  # fmt: skip
    answer = await send(trader, data)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert (await trader.get(URL)).json()["items"] == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"--"),
        ("multipart/form-data; boundary=a", b"--b\r\n"),
        ("multipart/form-data; boundary=a", b'--a\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n--a--'),
        ("multipart/form-data; boundary=a", b'--a\r\nContent-Disposition: form-data; name="file"\r\n\r\n1\r\n--a--'),
        ("multipart/form-data; boundary=a", b"--a--\r\n"),
        ("multipart/form-data; boundary=" + "a" * 5000, b"--"),
    ],
)
async def test_a_broken_form_is_named(trader: httpx.AsyncClient, kind: str, body: bytes) -> None:
    answer = await trader.post(f"{URL}/import-ipynb", content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (422, "notebook_unreadable"), answer.text


async def test_another_ones_strategy_is_not_exported(trader: httpx.AsyncClient, admin: httpx.AsyncClient) -> None:
    made = (await trader.post(URL, json={"name": "a"})).json()
    answer = await admin.get(f"{URL}/{made['id']}/ipynb")
    assert (answer.status_code, answer.json()["code"]) == (404, "strategy_not_found")
