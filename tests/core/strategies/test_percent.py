"""Files in `# %%` cells to notebooks and back: nothing is lost either way."""

from __future__ import annotations

import ast
import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantdesk.core.strategies.percent import Cell, notebook_of, percent_of, to_cells, to_percent

LINES = st.sampled_from(
    [
        "", " ", "a = 1", "    b = '%s' \\", "     % y)", "# %%", "# %% a title", "#%%", "# %% [markdown]",
        "# %% t [raw]", "# %%time", "%time", "%%time", "%%bash", "!ls", "  !ls -l", "x = !ls", "open?",
        "# magic: %time", "# magic: ", "# magic:", "# magic: # magic: !ls", "# magic: %%bash", "# magic: a", "# text",
        "#text", "#",
        "text", "magic: %time", "%% percent", "\r", "a\r", "\x0c", "\u2028", "# %%\r", "'''",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.lists(LINES, max_size=12).map("\n".join), st.text(max_size=60))
TITLES = st.sampled_from(["", "load", "a [b]", "[markdown]", "x [md]", " padded ", "two\nlines", "载入"])
CELLS = st.lists(st.builds(Cell, st.sampled_from(["code", "markdown", "raw"]), TEXTS, TITLES), max_size=5)


def as_kept(cells: list[Cell]) -> list[tuple[str, str]]:
    return [(cell.kind, cell.source) for cell in cells]


@given(CELLS)
def test_cells_keep_kind_and_source_through_a_file(cells: list[Cell]) -> None:
    assert as_kept(to_cells(to_percent(cells))) == as_kept(cells)


@given(TEXTS)
def test_a_file_keeps_its_text_through_a_notebook(text: str) -> None:
    notebook = notebook_of(text)
    assert percent_of(json.loads(json.dumps(notebook))) == text


@given(CELLS, st.lists(st.fixed_dictionaries({"text": TEXTS}) | st.fixed_dictionaries(
    {"mark": st.none() | LINES, "closed": st.booleans()}), min_size=5, max_size=5))  # fmt: skip
def test_what_a_foreign_hand_wrote_into_the_metadata_changes_no_cell(cells: list[Cell], own: list[dict]) -> None:  # type: ignore[type-arg]
    marked = [Cell(cell.kind, cell.source, cell.title, mine) for cell, mine in zip(cells, own, strict=False)]
    assert as_kept(to_cells(to_percent(marked))) == as_kept(cells)


@given(TEXTS)
def test_a_notebook_is_valid_by_nbformat(text: str) -> None:
    nbformat.validate(nbformat.from_dict(notebook_of(text)))  # type: ignore[no-untyped-call]


def test_the_usual_file_has_nothing_to_remember() -> None:
    text = "# %% load\na = 1\n\n# %% [markdown]\n# # Title\n#\n# text\n\n# %% note [raw]\n# as it is\n"
    cells = to_cells(text)
    assert cells == [
        Cell("code", "a = 1", "load"),
        Cell("markdown", "# Title\n\ntext"),
        Cell("raw", "as it is", "note"),
    ]


def test_magics_are_comments_in_the_file_and_magics_again_in_the_notebook() -> None:
    cells = [Cell("code", "%time a = 1\n!ls\nfiles = !ls\nopen?"), Cell("code", "%%bash\nls\n\npwd")]
    text = to_percent(cells)
    assert text.splitlines() == [
        "# %%", "# magic: %time a = 1", "# magic: !ls", "# magic: files = !ls", "# magic: open?", "",
        "# %%", "# magic: %%bash", "# magic: ls", "# magic:", "# magic: pwd",
    ]  # fmt: skip
    ast.parse(text)
    assert to_cells(text) == cells


def test_the_rest_of_a_timed_cell_stays_code() -> None:
    text = to_percent([Cell("code", "%%time\na = 1")])
    assert text == "# %%\n# magic: %%time\na = 1\n"


def test_a_percent_sign_that_goes_on_an_expression_is_no_magic() -> None:
    source = 'print("%s"\n%name)'
    assert to_percent([Cell("code", source)]) == f"# %%\n{source}\n"


def test_a_strategy_without_cells_is_one_cell_and_comes_back_without_a_mark() -> None:
    text = "import backtrader as bt\n\n\nclass A(bt.Strategy):\n    pass\n"
    assert as_kept(to_cells(text)) == [("code", text[:-1])]
    assert to_percent(to_cells(text)) == text


def test_a_cell_that_was_edited_in_jupyter_is_written_anew() -> None:
    notebook = notebook_of("a = 1")
    notebook["cells"][0]["source"] = ["a = 2\n", "b = 3"]
    assert percent_of(notebook) == "a = 2\nb = 3"
    markdown = notebook_of("#%%[markdown]\n#tight")
    markdown["cells"][0]["source"] = "wide"
    assert percent_of(markdown) == "# %% [markdown]\n# wide\n"


@pytest.mark.parametrize(
    ("notebook", "says"),
    [
        ([], "no list of cells"),
        ({"cells": {}}, "no list of cells"),
        ({"cells": [1]}, "cell 1 is no object"),
        ({"cells": [{"cell_type": "heading", "source": ""}]}, "unknown type 'heading'"),
        ({"cells": [{"cell_type": "code", "source": [1]}]}, "the source of cell 1 is no text"),
        ({"cells": [{"cell_type": [], "source": ""}]}, "unknown type"),
    ],
)
def test_what_is_no_notebook_is_named(notebook: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        percent_of(notebook)
