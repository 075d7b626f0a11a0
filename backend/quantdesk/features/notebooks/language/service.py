"""Ask the kernels' host about a text."""

from __future__ import annotations

from quantdesk.features.notebooks.errors import KernelsAway
from quantdesk.features.notebooks.language.schemas import Kind, LanguagePlace
from quantdesk.features.notebooks.service import open_host
from quantdesk.kit.context import Context


async def ask(context: Context, owner_id: str, kind: Kind, place: LanguagePlace) -> bytes:
    """Give the answer as JSON. Raise KernelsAway."""
    reader, writer = await open_host(context)
    question = b'{"kind":"' + kind.encode() + b'",' + place.model_dump_json().encode()[1:]
    try:
        writer.write(b"language " + owner_id.encode() + b" " + kind.encode() + b" " + question + b"\n")
        await writer.drain()
        told = await reader.readline()
    except (ConnectionError, ValueError):
        raise KernelsAway from None
    finally:
        writer.close()
    if not told:
        raise KernelsAway
    return told
