"""The files of a strategy: which paths they may have, and what identifies them."""

from __future__ import annotations

import hashlib

import pytest

from quantdesk.core.strategies.project import (
    MAIN,
    MOST_CHARACTERS,
    CodeFile,
    FilesError,
    Project,
    Reason,
    project_of,
    sha256_of,
)


def files(*paths: str) -> list[CodeFile]:
    return [CodeFile(path=path, text=f"# {path}\n") for path in paths]


def refused(*paths: str, taken: frozenset[str] = frozenset()) -> FilesError:
    with pytest.raises(FilesError) as error:
        project_of("", files(*paths), taken)
    assert str(error.value).startswith(error.value.path)
    return error.value


def test_files_are_kept_by_path():
    made = project_of(
        "x = 1\n", files("signals/cross.py", "notes.md", "均线.py", "a/b/c/d/e.py", "signals/__init__.py")
    )
    assert [file.path for file in made.files] == [
        "a/b/c/d/e.py", "notes.md", "signals/__init__.py", "signals/cross.py", "均线.py",
    ]  # fmt: skip
    assert list(made.texts()) == [MAIN, *(file.path for file in made.files)]
    assert made.lines == 6


@pytest.mark.parametrize(
    "path",
    [
        "", "/etc/passwd.py", "../up.py", "a/../b.py", "a//b.py", "./a.py", "a\\b.py", "C:/a.py", "a.py/", ".py",
        "a/.py", "a.txt", "a", "a.PY", "1a.py", "a-b.py", "a b.py", "class.py", "import/a.py", "a.b.py", "a\x00.py",
        "a\n.py", "ﬁne.py", "x" * 200 + ".py", "a.pyc", "a.so",
    ],
)  # fmt: skip
def test_a_path_that_is_no_modules_is_refused(path: str):
    assert refused(path).reason == "bad_path"


@pytest.mark.parametrize(
    ("paths", "at", "reason"),
    [
        (["a/b/c/d/e/f.py"], "a/b/c/d/e/f.py", "too_deep"),
        (["helpers.py", "helpers.py"], "helpers.py", "duplicate"),
        (["Helpers.py", "helpers.py"], "helpers.py", "duplicate"),
        (["Signals/a.py", "signals/b.py"], "signals/b.py", "duplicate"),
        (["STRATEGY.py"], "STRATEGY.py", "duplicate"),
        (["strategy.py"], "strategy.py", "taken"),
        (["strategy/a.py"], "strategy/a.py", "taken"),
        (["json.py"], "json.py", "taken"),
        (["os/path.py"], "os/path.py", "taken"),
        (["numpy.py"], "numpy.py", "taken"),
        (["quantdesk/sdk.py"], "quantdesk/sdk.py", "taken"),
        (["__main__.py"], "__main__.py", "taken"),
        (["signals.py", "signals/a.py"], "signals.py", "file_and_folder"),
        (["a/Signals.py", "a/signals/b.py"], "a/Signals.py", "file_and_folder"),
        ([f"f{number:02}.py" for number in range(51)], "f50.py", "too_many"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_together_are_refused_naming_the_path(paths: list[str], at: str, reason: Reason):
    error = refused(*paths)
    assert (error.path, error.reason) == (at, reason)


def test_a_file_must_not_hide_what_is_installed():
    assert refused("scipy/a.py", taken=frozenset({"scipy"})).reason == "taken"
    assert project_of("", files("mine/scipy.py", "scipy.md"), {"scipy"}).files


def test_all_files_together_have_a_limit():
    with pytest.raises(FilesError) as error:
        project_of("x" * 10, [CodeFile(path="b.py", text="x" * (MOST_CHARACTERS - 9))])
    assert (error.value.path, error.value.reason) == ("b.py", "too_long")


def test_the_sum_of_one_file_is_that_of_its_text_and_of_several_depends_on_all():
    assert Project("x = 1").sha256 == hashlib.sha256(b"x = 1").hexdigest()
    several = sha256_of("x = 1", files("a.py", "b.py"))
    assert several == sha256_of("x = 1", files("b.py", "a.py"))
    others = [
        sha256_of("x = 1"),
        sha256_of("x = 1", files("a.py")),
        sha256_of("x = 2", files("a.py", "b.py")),
        sha256_of("x = 1", files("a.py", "c.py")),
        sha256_of("x = 1", [CodeFile(path="a.py", text=""), *files("b.py")]),
    ]
    assert len({several, *others}) == 6
