"""How a draft becomes what is stored, and how files that nobody needs go."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from quantdesk.adapters.bar_store.draft import Draft
from quantdesk.adapters.bar_store.files import BarFiles
from quantdesk.adapters.bar_store.manifest import Contents, ManifestReader
from quantdesk.ports.errors import PortError


class Committer:
    """Writes files and the manifest that names them. To be used within `BarFiles.writing`."""

    def __init__(self, files: BarFiles, manifest: ManifestReader, grace_s: float) -> None:
        self._files = files
        self._manifest = manifest
        self._grace_s = grace_s

    def commit(self, draft: Draft, pool: ThreadPoolExecutor) -> None:
        """Write the draft's files, all of them durable, then the manifest. Raise Overtaken."""
        contents = draft.finished()
        names = [name for name, _ in draft.files]
        try:
            writes = [pool.submit(self._write, name, make) for name, make in draft.files]
            wait(writes, return_when=FIRST_EXCEPTION)
            for write in writes:
                write.cancel()
            wait(writes)  # none may create a file any more when the files are removed below
            for write in writes:
                write.result()
            self._files.settle(names)
            self._files.touch(superseded(draft, contents))  # their grace begins now
            identity = self._files.replace_manifest(contents.to_bytes(), draft.contents.identity)
        except BaseException:
            with contextlib.suppress(PortError):  # a server that does not answer; a sweep removes the files
                if not self._is_committed(contents):
                    self._files.remove(names)
            raise
        self._manifest.committed(contents.seen_as(identity))
        self.sweep(contents)

    def sweep(self, contents: Contents, *, always: bool = False) -> None:
        """Remove the files that no manifest names and that no reader can still be about to open.

        Not at each write, as it looks at every file.
        """
        oldest = time.time() - self._grace_s
        if not always and self._files.swept_at() > oldest:
            return
        used = contents.file_names()
        unused = [item.name for item in self._files.list() if item.name not in used and item.modified <= oldest]
        with contextlib.suppress(OSError, PortError):  # the commit stands; the next sweep tries again
            self._files.remove(unused)
        self._files.swept()

    def _is_committed(self, contents: Contents) -> bool:
        """Say whether the failure came after the commit."""
        return self._manifest.load().to_bytes() == contents.to_bytes()

    def _write(self, name: str, make: Callable[[], bytes]) -> None:
        self._files.write(name, make())


def superseded(draft: Draft, contents: Contents) -> set[str]:
    """Give the files that the contents before named and these do not."""
    before = draft.contents
    gone = {
        f"{key[0]}/{name}"
        for key, entry in draft.entries.items()
        if (old := before.get(key))
        for name in old.file_names() - entry.file_names()
    }
    left = before.head.segments.keys() - contents.head.segments.keys()
    return gone | {before.head.segments[number].path for number in left}
