"""What the OpenSSH configuration says about one host.

Example:
    >>> settings = ConfigReader().read(Target("web1"), "/dev/null")
    >>> settings.hostname, settings.port, settings.host_keys
    ('web1', 22, None)
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from pyinfra._core.records import Record

from .jumps import Hop, parse_jumps
from .openssh import ask_openssh
from .rules import NEEDS_OPENSSH, SYSTEM_CONFIG, ConfigFiles, Evaluation, NeedsOpenSSH, RawValues, Target
from .tokens import Tokens, local_user

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .syntax import Block, Directive

T = TypeVar("T")

# In the order in which they are tried; files that do not exist are passed over.
DEFAULT_KEYS = tuple(f"~/.ssh/id_{kind}" for kind in ("rsa", "ecdsa", "ecdsa_sk", "ed25519", "ed25519_sk"))
_USER_KNOWN_HOSTS = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2")
_GLOBAL_KNOWN_HOSTS = ("/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_TIME = re.compile(r"(?:\d+[smhdw]?)+", re.IGNORECASE)
_POLICIES = {
    "yes": "yes",
    "true": "yes",
    "no": "no",
    "false": "no",
    "off": "no",
    "ask": "ask",
    "accept-new": "accept-new",
}


class Settings(Record):
    """The effective configuration of one host. ``None`` means that nothing was said."""

    original: str  # the name that was asked for
    hostname: str
    port: int
    user: str
    host_key_alias: str | None = None
    host_keys: str | None = None  # "yes", "no", "ask", "accept-new"
    user_known_hosts: tuple[str, ...] = ()
    global_known_hosts: tuple[str, ...] = ()
    hash_known_hosts: bool = False
    trust_localhost: bool = False  # NoHostAuthenticationForLocalhost
    identity_files: tuple[str, ...] = ()  # empty: the default files
    certificate_files: tuple[str, ...] = ()
    identities_only: bool = False
    identity_agent: str | None = None  # a path; "none" for no agent
    forward_agent: bool | str | None = None  # a path forwards that agent
    jumps: tuple[Hop, ...] = ()
    proxy_command: str | None = None  # ready for the shell
    connect_timeout: float | None = None
    alive_interval: float | None = None
    alive_count: int | None = None
    tcp_keepalive: bool = True
    address_family: str = "any"
    bind_address: str | None = None
    batch_mode: bool = False
    preferred_authentications: tuple[str, ...] = ()
    use_keys: bool = True
    use_password: bool = True
    use_keyboard: bool = True
    environment: tuple[tuple[str, str], ...] = ()
    algorithms: Mapping[str, str] = MappingProxyType({})  # "kex", "ciphers", "macs", "host_keys", as written


@dataclass(slots=True)
class _Values:
    """Typed access to what a configuration said."""

    raw: RawValues
    tokens: Tokens

    def _typed(self, keyword: str, convert: Callable[[str], T | None], what: str) -> T | None:
        directive = self.raw.single.get(keyword)
        if directive is None:
            return None
        try:
            return convert(directive.arguments[0])
        except (ValueError, KeyError):
            raise directive.fail(f"{directive.arguments[0]!r} is not {what}") from None

    def flag(self, keyword: str, default: bool) -> bool:
        value = self._typed(keyword, _flag, "yes or no")
        return default if value is None else value

    def number(self, keyword: str) -> int | None:
        return self._typed(keyword, int, "a number")

    def seconds(self, keyword: str) -> float | None:
        return self._typed(keyword, seconds, "a time")

    def policy(self) -> str | None:
        return self._typed("stricthostkeychecking", lambda text: _POLICIES[text.lower()], "yes, no, ask or accept-new")

    def text(self, keyword: str) -> str | None:
        value = self.raw.text(keyword)
        return None if value is None or value.lower() == "none" else value

    def paths(self, keyword: str, default: tuple[str, ...]) -> tuple[str, ...]:
        directive = self.raw.single.get(keyword)
        written = default if directive is None else directive.arguments
        if [text.lower() for text in written] == ["none"]:
            return ()
        return tuple(self.tokens.expand_path(text) for text in written)

    def repeated_paths(self, keyword: str) -> tuple[str, ...]:
        lines = self.raw.repeated.get(keyword, [])
        return tuple(line.arguments[0] for line in lines)

    def words(self, keyword: str) -> tuple[str, ...]:
        value = self.raw.text(keyword)
        return tuple(value.split(",")) if value else ()


def _flag(text: str) -> bool:
    return {"yes": True, "true": True, "no": False, "false": False}[text.lower()]


def seconds(text: str) -> float | None:
    """Return a time such as ``90`` or ``1m30s`` in seconds; None for ``none``.

    Raises:
        ValueError: when it is not a time.
    """
    if text.lower() == "none":
        return None
    if not _TIME.fullmatch(text):
        raise ValueError(text)
    pieces: Iterable[tuple[str, str]] = re.findall(r"(\d+)([smhdw]?)", text.lower())
    return float(sum(int(number) * _UNITS[unit] for number, unit in pieces))


class ConfigReader:
    """Reads the configuration of hosts; every file once, however many hosts there are."""

    def __init__(self) -> None:
        self._files = ConfigFiles()
        self._slow: dict[str | None, bool] = {}
        self._known: dict[tuple[str, str | None, int | None, str | None], Settings] = {}

    def read(self, target: Target, config_file: str | None = None) -> Settings:
        """Return what the configuration says about a host.

        Args:
            target: the name, and the user and port that were given explicitly.
            config_file: read instead of ``~/.ssh/config`` and ``/etc/ssh/ssh_config``.

        Raises:
            ConnectError: when the configuration cannot be understood.
        """
        key = (target.host, target.user, target.port, config_file)
        if key not in self._known:
            self._known[key] = self._read(target, config_file)
        return self._known[key]

    def runs_commands(self, config_file: str | None = None) -> bool:
        """Return whether reading may start a process, and should not happen where that would block others."""
        if config_file not in self._slow:
            self._slow[config_file] = any(
                _is_slow(block) for path, _ in _paths(config_file) for block in self._files.blocks(path)
            )
        return self._slow[config_file]

    def _read(self, target: Target, config_file: str | None) -> Settings:
        evaluation = Evaluation(self._files, target)
        try:
            raw = evaluation.run(_paths(config_file))
        except NeedsOpenSSH as reason:
            raw = ask_openssh(target, config_file, str(reason))
            if "stricthostkeychecking" not in evaluation.values.single and raw.text("stricthostkeychecking") == "ask":
                del raw.single["stricthostkeychecking"]  # its default, which is not ours
            return _settings(target, raw, raw.text("hostname") or target.host)
        return _settings(target, raw, evaluation.hostname().lower())


def _is_slow(block: Block) -> bool:
    head = block.head
    if head is not None and head.keyword == "match":
        criteria = {word.lower().lstrip("!") for word in head.arguments}
        if "exec" in criteria or criteria & NEEDS_OPENSSH:
            return True
    return any(line.keyword in ("include", "canonicalizehostname") for line in block.lines)


def _paths(config_file: str | None) -> list[tuple[Path, Path]]:
    user_folder = Path("~/.ssh").expanduser()
    if config_file is not None:
        return [(Path(config_file).expanduser(), user_folder)]
    return [(user_folder / "config", user_folder), (SYSTEM_CONFIG, SYSTEM_CONFIG.parent)]


def _settings(target: Target, raw: RawValues, hostname: str) -> Settings:
    port = _Values(raw, Tokens({})).number("port") or 22
    user = raw.text("user") or local_user()
    alias = raw.text("hostkeyalias")
    tokens = Tokens.of(original=target.host, hostname=hostname, port=str(port), user=user, alias=alias)
    values = _Values(raw, tokens)
    jump, command = values.text("proxyjump"), values.text("proxycommand")
    return Settings(
        original=target.host,
        hostname=hostname,
        port=port,
        user=user,
        host_key_alias=alias.lower() if alias else None,
        host_keys=values.policy(),
        user_known_hosts=values.paths("userknownhostsfile", _USER_KNOWN_HOSTS),
        global_known_hosts=values.paths("globalknownhostsfile", _GLOBAL_KNOWN_HOSTS),
        hash_known_hosts=values.flag("hashknownhosts", False),
        trust_localhost=values.flag("nohostauthenticationforlocalhost", False),
        identity_files=tuple(
            "none" if text.lower() == "none" else tokens.expand_path(text)
            for text in values.repeated_paths("identityfile")
        ),
        certificate_files=tuple(
            tokens.expand_path(text) for text in values.repeated_paths("certificatefile") if text.lower() != "none"
        ),
        identities_only=values.flag("identitiesonly", False),
        identity_agent=_agent(raw.text("identityagent"), tokens),
        forward_agent=_forward_agent(raw.text("forwardagent"), tokens),
        jumps=parse_jumps(tokens.expand(jump)) if jump else (),
        proxy_command=tokens.expand(command) if command else None,
        connect_timeout=values.seconds("connecttimeout") or None,
        alive_interval=values.seconds("serveraliveinterval"),
        alive_count=values.number("serveralivecountmax"),
        tcp_keepalive=values.flag("tcpkeepalive", True),
        address_family=(raw.text("addressfamily") or "any").lower(),
        bind_address=values.text("bindaddress"),
        batch_mode=values.flag("batchmode", False),
        preferred_authentications=values.words("preferredauthentications"),
        use_keys=(raw.text("pubkeyauthentication") or "yes").lower() not in ("no", "false"),
        use_password=values.flag("passwordauthentication", True),
        use_keyboard=values.flag("kbdinteractiveauthentication", True),
        environment=_environment(raw.single.get("setenv")),
        algorithms=_algorithms(raw),
    )


def _environment(directive: Directive | None) -> tuple[tuple[str, str], ...]:
    if directive is None or not directive.number:
        return ()
    pairs = (word.partition("=") for word in directive.arguments if "=" in word)
    return tuple((name, value) for name, _, value in pairs)


def _algorithms(raw: RawValues) -> dict[str, str]:
    keywords = {"kex": "kexalgorithms", "ciphers": "ciphers", "macs": "macs", "host_keys": "hostkeyalgorithms"}
    written = {name: raw.single[keyword] for name, keyword in keywords.items() if keyword in raw.single}
    return {name: line.arguments[0] for name, line in written.items() if line.number}


def _agent(value: str | None, tokens: Tokens) -> str | None:
    if value is None:
        return None
    if value == "none":
        return "none"
    if value == "SSH_AUTH_SOCK":
        return os.environ.get("SSH_AUTH_SOCK", "none")
    if value.startswith("$") and not value.startswith("${"):
        return os.environ.get(value[1:], "none")
    return tokens.expand_path(value)


def _forward_agent(value: str | None, tokens: Tokens) -> bool | str | None:
    if value is None:
        return None
    if value.lower() in ("yes", "true", "no", "false"):
        return value.lower() in ("yes", "true")
    return _agent(value, tokens)
