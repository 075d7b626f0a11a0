"""qlib's data folder as bytes: calendars, instruments, and a binary file a stock and field.

Layout and meaning follow qlib 0.9.7: `qlib/data/storage/file_storage.py` reads it, `scripts/dump_bin.py` writes it.
Nothing here opens a file; features/exports writes such a folder, features/data/importer reads one.
"""
