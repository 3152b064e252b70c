"""Arguments of an operation as they are shown to people."""

from __future__ import annotations

import hashlib
import inspect
import io
from collections.abc import Mapping
from typing import Any

from pyinfra._core.secrets import HiddenValue

MASK = "*MASKED*"
_SECRET_WORDS = ("password", "passwd", "passphrase", "secret", "token", "private_key")


def argument_texts(signature: inspect.Signature, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[str]:
    """Return each given argument as text; what is named like a secret is masked."""
    names = [p.name for p in signature.parameters.values() if p.kind is not p.VAR_POSITIONAL]
    named = list(zip(names, args, strict=False))
    texts = [_mask(name) or value_text(value) for name, value in named]
    texts.extend(value_text(value) for value in args[len(named) :])
    texts.extend(f"{name}={_mask(name) or value_text(value)}" for name, value in kwargs.items())
    return texts


def is_secret(name: str) -> bool:
    """Whether a value of this name is not to be shown."""
    return any(word in name.lower() for word in _SECRET_WORDS)


def _mask(name: str) -> str | None:
    return MASK if is_secret(name) else None


def value_text(value: Any) -> str:
    """One value as text: functions by name, file-like objects by a digest, secrets masked."""
    if isinstance(value, HiddenValue):
        return str(value)
    if isinstance(value, io.IOBase) and hasattr(value, "getvalue"):
        content = value.getvalue()
        data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
        return f"{type(value).__name__}(hash={hashlib.sha1(data).hexdigest()})"  # noqa: S324
    if callable(value) and hasattr(value, "__name__"):
        return str(value.__name__)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {_mask(str(k)) or value_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(value_text, value)) + "]"
    return str(value)
