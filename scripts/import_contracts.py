"""Contract types of our own for import-linter (see .importlinter)."""

from __future__ import annotations

from typing import Any

import grimp
from importlinter import Contract, ContractCheck, fields, output


class SlicesContract(Contract):
    """Across slices only the public modules may be imported.

    Options: `package` holds one sub-package a slice; `public` lists what other slices may import, as a module's
    name for all slices (service) or as slice.module for one (jobs.handlers). A slice added later is covered
    without a change here.
    """

    type_name = "slices"

    package = fields.StringField()
    public = fields.SetField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        package: str = self.package  # type: ignore[assignment]  # the fields are descriptors
        public: set[str] = self.public  # type: ignore[assignment]
        breaches = [
            detail
            for importer in sorted(graph.find_descendants(package))
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if self._is_breach(importer, imported, package, public)
            for detail in graph.get_import_details(importer=importer, imported=imported)
        ]
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    @staticmethod
    def _is_breach(importer: str, imported: str, package: str, public: set[str]) -> bool:
        if not imported.startswith(f"{package}."):
            return False
        own = importer.removeprefix(f"{package}.").split(".")[0]
        other, *inside = imported.removeprefix(f"{package}.").split(".")
        return own != other and not (inside and {inside[0], f"{other}.{inside[0]}"} & public)

    def render_broken_contract(self, check: ContractCheck) -> None:
        breaches: list[dict[str, Any]] = check.metadata["breaches"]
        for breach in breaches:
            output.print_error(f"{breach['importer']} imports {breach['imported']} (l. {breach['line_number']})")
        output.new_line()
