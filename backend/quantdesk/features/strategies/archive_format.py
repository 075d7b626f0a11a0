"""The form of an archive of strategies: an AES-256 ZIP with manifest.json and a folder a strategy, a file a version.

The files beside a version's main file, `v003.py`, lie in a folder of its name, `v003/signals/cross.py`.

Nothing is ever unpacked to a path from the file: names are only looked up. All that an archive may hold is bounded
before it is read, since whoever made it may mean harm.
"""

from __future__ import annotations

import datetime as dt
import re
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import pyzipper  # type: ignore[import-untyped]  # it ships no types
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from quantdesk.core.strategies.project import (
    MOST_CHARACTERS,
    MOST_FILES,
    CodeFile,
    FilesError,
    Project,
    check_path,
    project_of,
)
from quantdesk.features.strategies.errors import BadArchive, HostileArchive, WrongPassword
from quantdesk.features.strategies.schemas import StrategyName

MANIFEST = "manifest.json"
MAX_FILE = 64 * 1024**2
MAX_ENTRIES = 20_000
MAX_MANIFEST = 16 * 1024**2
MAX_CODE = 4_000_000
"""Bytes of one version: a million characters of UTF-8."""
MAX_TOTAL = 512 * 1024**2
_MAX_DIRECTORY = 8 * 1024**2
_END = struct.Struct("<4s4H2LH")
_ENTRY = re.compile(r"strategies/[^/\\\x00-\x1f:]{1,120}/v[0-9]{1,6}(?:\.py|/([^\\\x00-\x1f:]{1,200}))")


_Line = StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$")


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class ArchivedVersion(_Part):
    number: Annotated[int, Field(ge=1, le=999_999)]
    file: Annotated[str, Field(max_length=160)]
    files: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=MOST_FILES)] = []
    """Paths of those beside it."""
    message: Annotated[str, Field(max_length=200), _Line] = ""
    label: Annotated[str | None, Field(max_length=60), _Line] = None
    author: Annotated[str, Field(max_length=40), _Line] = ""
    created_at: AwareDatetime
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

    def entry(self, path: str) -> str:
        """Give the name in the ZIP of a file beside the main one."""
        return f"{self.file.removesuffix('.py')}/{path}"


class ArchivedStrategy(_Part):
    folder: Annotated[str, Field(max_length=130), _Line]
    name: StrategyName
    description: Annotated[str, Field(max_length=2000), StringConstraints(pattern=r"^[^\x00]*$")] = ""
    versions: Annotated[list[ArchivedVersion], Field(min_length=1, max_length=MAX_ENTRIES)]
    """Oldest first."""


class Manifest(_Part):
    format: Literal["quantdesk-strategies"] = "quantdesk-strategies"
    version: Literal[1] = 1
    exported_at: AwareDatetime
    strategies: Annotated[list[ArchivedStrategy], Field(max_length=2000)]


class Writer:
    """Writes an archive, a version at a time."""

    def __init__(self, path: Path, password: str) -> None:
        self._zip = pyzipper.AESZipFile(path, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES)
        self._zip.setpassword(password.encode())
        self._zip.setencryption(pyzipper.WZ_AES, nbits=256)
        self.entries = 0

    def add(self, name: str, text: str) -> None:
        self.entries += 1
        self._zip.writestr(name, text.encode())

    def close(self) -> None:
        self._zip.close()


class Reader:
    """Reads an archive that `opened` has found harmless."""

    def __init__(self, zip: Any, manifest: Manifest) -> None:
        self._zip = zip
        self.manifest = manifest

    def project(self, version: ArchivedVersion) -> Project:
        """Give a version's files. Raise BadArchive when they are not what the manifest says."""
        code = self._text(version.file)
        others = [CodeFile(path=path, text=self._text(version.entry(path))) for path in version.files]
        try:
            project = project_of(code, others)
        except FilesError as error:
            raise BadArchive(f"the files of {version.file} cannot be stored: {error}") from None
        if project.sha256 != version.sha256:
            raise BadArchive(f"{version.file} is not what the manifest says; the archive is damaged")
        return project

    def _text(self, name: str) -> str:
        try:
            text = _read(self._zip, name, MAX_CODE).decode()
        except UnicodeDecodeError:
            raise BadArchive(f"{name} is not UTF-8 text; the archive is damaged") from None
        if "\x00" in text or len(text) > MOST_CHARACTERS:
            raise BadArchive(f"{name} cannot be stored: it is too long, or holds the character U+0000")
        return text


@contextmanager
def opened(path: Path, password: str) -> Iterator[Reader]:
    """Open an archive. Raise BadArchive, HostileArchive, WrongPassword."""
    _check_directory(path)
    try:
        zip = pyzipper.AESZipFile(path)
    except Exception as error:  # of damaged bytes the library raises many kinds, KeyError too
        raise BadArchive(f"the file is no ZIP archive, or is cut off ({error})") from None
    with zip:
        _check_entries(zip)
        zip.setpassword(password.encode())
        try:
            manifest = Manifest.model_validate_json(_read(zip, MANIFEST, MAX_MANIFEST))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"])) or "it"
            raise BadArchive(f"manifest.json of the archive cannot be used: {where}: {first['msg']}") from None
        listed = [
            name
            for one in manifest.strategies
            for version in one.versions
            for name in (version.file, *map(version.entry, version.files))
        ]
        known = set(zip.namelist())
        if len(set(listed)) != len(listed) or not set(listed) <= known - {MANIFEST}:
            raise BadArchive("manifest.json names files that the archive has not, or one file twice")
        yield Reader(zip, manifest)


def folder_name(number: int, name: str) -> str:
    """Make a folder's name that every system can unpack."""
    plain = re.sub(r"[^\w.-]+", "-", name).strip(".-")[:60] or "strategy"
    return f"{number:03d}-{plain}"


def believable(at: dt.datetime, now: dt.datetime) -> dt.datetime:
    """Give a version's time, or now for one that cannot be."""
    try:
        then = at.astimezone(dt.UTC)
    except OverflowError:
        return now
    return then if dt.datetime(2000, 1, 1, tzinfo=dt.UTC) <= then <= now else now


def _check_directory(path: Path) -> None:
    """Bound the list of entries before the library reads it into memory."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 65_557))
        tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < _END.size:
        raise BadArchive("the file is no ZIP archive, or is cut off")
    _, _, _, _, entries, directory, start, _ = _END.unpack_from(tail, place)
    if entries > MAX_ENTRIES or directory > _MAX_DIRECTORY or 0xFFFFFFFF in (directory, start):
        raise HostileArchive(f"the archive has more than {MAX_ENTRIES:,} files; export fewer strategies at once")
    if b"PK\x06\x07" in tail[max(0, place - 20) : place]:
        raise HostileArchive("the archive is of the form for more than 4 GB; no export is that large")


def _check_entries(zip: Any) -> None:
    entries = zip.infolist()
    names = [entry.filename for entry in entries]
    if len(names) > MAX_ENTRIES or len(set(names)) != len(names):
        raise HostileArchive("the archive has too many files, or two of one name")
    if MANIFEST not in names:
        raise BadArchive("the archive has no manifest.json; it was not exported by QuantDesk")
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise HostileArchive(f"the archive unpacks to more than {MAX_TOTAL // 1024**2} MB")
    for entry in entries:
        if entry.filename != MANIFEST and not _is_expected(entry.filename):
            raise HostileArchive(f"the archive holds {entry.filename[:80]!r}, which no export of strategies holds")
        if (mode := entry.external_attr >> 16) and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
            raise HostileArchive(f"{entry.filename} is a link or another thing that is no plain file")
        if not entry.flag_bits & 0x1:
            raise BadArchive(f"{entry.filename} is not encrypted; it was not exported by QuantDesk")


def _is_expected(name: str) -> bool:
    """Tell whether an export has entries of such a name."""
    found = _ENTRY.fullmatch(name)
    if found is None or ".." in name:
        return False
    try:
        if found[1]:
            check_path(found[1])
    except FilesError:
        return False
    return True


def _read(zip: Any, name: str, limit: int) -> bytes:
    """Read an entry, never more than the limit: the size that it states may be a lie."""
    try:
        with zip.open(name) as file:
            data: bytes = file.read(limit + 1)
            if len(data) <= limit:
                file.read(1)  # to its end: only there the checksum is compared
    except RuntimeError as error:
        if "password" in str(error).lower():
            raise WrongPassword("the password does not open the archive; mind upper and lower case") from None
        raise BadArchive(f"{name} cannot be read: {error}") from None
    except Exception:  # as above
        raise BadArchive(f"{name} is damaged; take another copy of the archive") from None
    if len(data) > limit:
        raise HostileArchive(f"{name} unpacks to more than {limit // 1_000_000} MB")
    return data
