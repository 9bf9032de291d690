"""The documentation names nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "pipelines").rglob("*.md")])
# Named for people to make: git ignores them.
MADE_BY_PEOPLE = {".dlt/secrets.toml"}

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)+/?")
_VERB = re.compile(r"\bmake ([a-z]+(?:-[a-z]+)*)\b")
_MACHINE_PATH = re.compile(r"(?:^|[\s\"'`(=:])(/(?:work|root|home|Users|tmp|opt)/|[A-Z]:\\)", re.MULTILINE)


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        if (
            not target.is_relative_to(ROOT)
            or not target.exists()
            or (anchor and anchor not in _anchors(target))
        ):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    """Paths in code style whose first part is a folder of this repository."""
    named = {code for code in _CODE.findall(page.read_text(encoding="utf-8")) if _PATH.fullmatch(code)}
    ours = {path for path in named if (ROOT / path.split("/")[0]).is_dir()}
    assert [path for path in sorted(ours - MADE_BY_PEOPLE) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_no_page_names_a_path_of_somebodys_machine(page: Path) -> None:
    assert _MACHINE_PATH.findall(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_verb_that_is_named_exists(page: Path) -> None:
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    code = " ".join([*_CODE.findall(_FENCED.sub("", text)), *_FENCED.findall(text)])
    assert set(_VERB.findall(code)) - verbs == set()


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached:
            continue
        reached.add(page)
        links = _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))
        files = (link.partition("#")[0] for link in links if not link.startswith("https://"))
        ahead += [(page.parent / file).resolve() for file in files if file.endswith(".md")]
    assert [_name(page) for page in PAGES if page.is_relative_to(ROOT / "docs") and page not in reached] == []


def test_every_dependency_has_its_line_in_the_reference() -> None:
    metadata = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    tables = metadata[metadata.index("dependencies = [") : metadata.index("[project.entry-points")]
    names = set(re.findall(r'^ +"([\w-]+)', tables, re.MULTILINE)) - {"dlt-oracle"}
    page = (ROOT / "docs/reference/dependencies.md").read_text(encoding="utf-8")
    assert len(names) > 10
    assert [name for name in sorted(names) if f"`{name}`" not in page and f"`{name}[" not in page] == []
