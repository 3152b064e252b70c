"""``files.template``: a text made for each host."""

from __future__ import annotations

from typing import IO, Any

from pyinfra.api import operation
from pyinfra.operations._public import public_in

from .attributes import Attributes
from .paths import host_path
from .rendering import render
from .sources import Source
from .uploading import Commands, Upload


@operation()
@public_in("files")
def template(
    src: str | IO[Any],
    dest: str,
    user: str | None = None,
    group: str | None = None,
    mode: int | str | None = None,
    create_remote_dir: bool = True,
    jinja_env_kwargs: dict[str, Any] | None = None,
    **data: Any,
) -> Commands:
    """Ensure that a file holds what a Jinja2 template makes of the data of the host.

    Names that are not defined are errors. Hidden values appear in the file and nowhere else.

    Args:
        src: path of the template on this machine, or an open file.
        dest: path on the host.
        user: who shall own it.
        group: which group it shall belong to.
        mode: its permissions as ``chmod`` takes them: ``644``, ``"640"``.
        create_remote_dir: make the directory that it is in when that is missing. An existing one is left as it is.
        jinja_env_kwargs: options of the Jinja2 environment, such as ``{"trim_blocks": True}``.
        data: variables of the template; ``host``, ``state`` and ``inventory`` are there too.

    Raises:
        OperationError: the template is wrong or a name in it is not defined; says the line.
        OperationValueError: there is no file ``src``.

    Example:
        files.template(src="templates/app.conf", dest="/etc/app.conf", mode="640", port=8080)
    """
    dest = host_path(dest, "dest")
    wanted = Attributes.checked(user, group, mode)
    given = Source.checked(src, add_deploy_dir=True, assume_exists=False)
    text, secrets = render(given.src, data, jinja_env_kwargs)
    yield from Upload(
        Source.of_text(text, given.name), dest, wanted, create_remote_dir=create_remote_dir, secrets=secrets
    ).commands()
