"""Import of market data files: inspect, read and check, store whole or not at all."""

from quantdesk.features.data.importer.action_rows import ActionsReading
from quantdesk.features.data.importer.errors import FileRefused
from quantdesk.features.data.importer.importing import import_file
from quantdesk.features.data.importer.inspection import inspect_file
from quantdesk.features.data.importer.reading import FileReading, read_file

__all__ = ["ActionsReading", "FileReading", "FileRefused", "import_file", "inspect_file", "read_file"]
