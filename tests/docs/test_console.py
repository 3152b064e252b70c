"""Every command line that the documents show prints what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.console import QUESTION, Session, commands_of, spaced
from tests.docs.pages import PAGES, blocks_of

WITH_COMMANDS = [page for page in PAGES if any(block.language == "console" for block in blocks_of(page))]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda path: path.name)
def test_commands_of_a_page_print_what_it_says(page: Path, tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    session = Session(tmp_path / "work")
    for block in blocks_of(page):
        if block.filename is not None:
            session.write(block)
        elif block.language == "console":
            for command, output in commands_of(block):
                printed = session.run(command, asked=QUESTION in output)
                assert spaced(printed) == spaced(output), f"{page.name}:{block.line}: {command}"
