"""Facts about gems, from what gem 3.3 and others print."""

from __future__ import annotations

from pyinfra.facts._gem.outdated import OutdatedGems
from pyinfra.facts.gem import GemPackages


def test_recorded_list() -> None:
    lines = [
        "",
        "*** LOCAL GEMS ***",
        "",
        "bigdecimal (default: 3.1.1)",
        "debug (1.6.3)",
        "toy (2.0.0, 1.1, 1.0)",
        "rake (13.0.6, default: 12.3.3)",
        "nokogiri (1.13.10 x86_64-linux, 1.13.9 ruby java x86_64-linux)",
        "ruby2_keywords (0.0.5)",
        "rails-beta (7.1.0.beta1)",
        "WARNING:  something (is not) right",
        "broken ()",
    ]
    assert GemPackages().process(lines) == {
        "bigdecimal": {"3.1.1"}, "debug": {"1.6.3"}, "toy": {"2.0.0", "1.1", "1.0"}, "rake": {"13.0.6", "12.3.3"},
        "nokogiri": {"1.13.10", "1.13.9"}, "ruby2_keywords": {"0.0.5"}, "rails-beta": {"7.1.0.beta1"},
    }  # fmt: skip
    assert GemPackages().requires_command() == "gem"


def test_recorded_updates() -> None:
    lines = ["=", "Gems to update:", "  toy-2.0.0", "  x-2d-1.0.pre", "  nokogiri-1.16.0-x86_64-linux",
             "  sass-embedded-1.70.0-arm64-darwin-22", "  google-protobuf-3.25.1-java"]  # fmt: skip
    assert OutdatedGems().process(lines) == {
        "toy": "2.0.0", "x-2d": "1.0.pre", "nokogiri": "1.16.0", "sass-embedded": "1.70.0", "google-protobuf": "3.25.1",
    }  # fmt: skip
    assert OutdatedGems().process(["=", "Nothing to update"]) == {}
    assert OutdatedGems().process(["=", ""]) == {}
    assert OutdatedGems().process([]) is None
    assert OutdatedGems.default() is None
    assert "'a;b'" in str(OutdatedGems().command(["a;b"]))
