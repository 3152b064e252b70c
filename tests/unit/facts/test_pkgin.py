"""Facts about pkgin, from what it prints, after the manual."""

from __future__ import annotations

from pyinfra.facts._pkgin.outdated import PkginOutdated
from pyinfra.facts.pkgin import PkginPackages


def test_recorded_list() -> None:
    lines = [
        "nginx-1.24.0nb2      Lightweight HTTP server and mail proxy server",
        "py311-setuptools-68.2.2 New Python packaging system",
        "gtk2+-2.24.33nb15    GIMP Toolkit v2",
        "font-adobe-100dpi-1.0.3 Adobe 100dpi font",
        "p5-Text-CSV_XS-1.52;=;Fast CSV",
        "reading local summary...",
        "processing local summary...",
    ]
    assert PkginPackages().process(lines) == {
        "nginx": {"1.24.0nb2"}, "py311-setuptools": {"68.2.2"}, "gtk2+": {"2.24.33nb15"},
        "font-adobe-100dpi": {"1.0.3"}, "p5-Text-CSV_XS": {"1.52"},
    }  # fmt: skip


def test_recorded_outdated() -> None:
    assert PkginOutdated().process(["=", "curl-8.5.0 <      Client that groks URLs"]) == {"curl": ""}
    assert PkginOutdated().process(["=", "Requested list is empty."]) == {}
    assert PkginOutdated().process([]) is None
