"""What is logged, on the terminal."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from pyinfra import logger
from pyinfra_cli.log import LogHandler, setup_logging


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = logger.level, list(logger.handlers), logging.root.level, list(logging.root.handlers)
    yield
    logger.setLevel(before[0])
    logger.handlers[:] = before[1]
    logging.root.setLevel(before[2])
    logging.root.handlers[:] = before[3]


def test_printed_on_standard_error(capsys: pytest.CaptureFixture[str]):
    setup_logging(logging.INFO)
    logger.info("--> Begin")
    logger.info("a line")
    logger.warning("careful")
    logger.debug("not shown")
    logger.info("--> Next")
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "--> Begin\n    a line\n    careful\n\n--> Next\n"


def test_debug_says_where_from(capsys: pytest.CaptureFixture[str]):
    setup_logging(logging.DEBUG)
    logger.debug("looking")
    assert capsys.readouterr().err == "    [pyinfra.test_log] looking\n"


def test_other_packages_only_when_asked_for(capsys: pytest.CaptureFixture[str]):
    setup_logging(logging.INFO)
    logging.getLogger("other").error("elsewhere")
    setup_logging(logging.INFO, logging.INFO)
    logging.getLogger("other").info("now")
    logger.info("ours, once")
    assert capsys.readouterr().err.splitlines()[-2:] == ["    now", "    ours, once"]
    assert len([h for h in [*logger.handlers, *logging.root.handlers] if isinstance(h, LogHandler)]) <= 2


def test_setting_up_twice_prints_once(capsys: pytest.CaptureFixture[str]):
    setup_logging(logging.INFO)
    setup_logging(logging.INFO)
    logger.info("once")
    assert capsys.readouterr().err == "    once\n"


def test_shown_by_somebody_else(capsys: pytest.CaptureFixture[str]):
    shown: list[tuple[int, str]] = []
    setup_logging(logging.INFO, show=lambda level, text: shown.append((level, text)))
    logger.warning("%s of %s", 1, 2)
    assert shown == [(logging.WARNING, "1 of 2")]
    assert capsys.readouterr().err == ""
