"""What the words of a command line ask for, looked up: deploy files, a function with its arguments, or facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pyinfra._core.records import Record
from pyinfra._report.view import Form
from pyinfra_cli.commands import FactCall, check_call, get_facts_and_args, get_func_and_args
from pyinfra_cli.exceptions import CliError
from pyinfra_cli.run.preparing import check_deploy_files
from pyinfra_cli.words import forms
from pyinfra_cli.words.values import split_keyword


class Work(Record):
    """What is to be done on the hosts.

    Attributes:
        form: what kind of thing.
        title: in a person's words.
        deploy_files: to be run for every host, one after the other.
        function: an operation, or a function that calls operations.
        args: its arguments.
        kwargs: its arguments by name, and global arguments.
        facts: to be read.
    """

    form: Form
    title: str
    deploy_files: tuple[str, ...] = ()
    function: Callable[..., Any] | None = None
    args: Sequence[Any] = ()
    kwargs: Mapping[str, Any] = MappingProxyType({})
    facts: Sequence[FactCall] = ()


def job_of(work: Work, directory: Path) -> tuple[str, ...]:
    """Return what tells a command line's work from other work; nothing where there is nothing to be learned from it.

    Args:
        work: what is to be done.
        directory: the working directory.
    """
    if work.form is Form.DEPLOY:
        return tuple(str(directory / name) for name in work.deploy_files)
    return (str(directory), work.title) if work.form is Form.OPERATION else ()


def kind_and_title(form: forms.Form) -> tuple[Form, str]:
    """Return what kind of thing a command line asks for, and how to call it."""
    if isinstance(form, forms.DeployFiles):
        return Form.DEPLOY, ", ".join(form.filenames)
    if isinstance(form, forms.Function):
        return Form.OPERATION, form.name
    if isinstance(form, forms.Facts):
        return Form.FACT, ", ".join(word for word in form.words if split_keyword(word) is None)
    if isinstance(form, forms.Exec):
        return Form.EXEC, form.command
    if isinstance(form, forms.DebugInventory):
        return Form.INVENTORY, "debug-inventory"
    raise CliError("help and completion stand for an inventory: no operations come after them")


def work_of(form: forms.Form) -> Work:
    """Look up what a command line asks for. Modules of operations and facts are imported here.

    Raises:
        CliError: there is no such thing, or it takes other arguments.
        UserCodeError: a module of the user's raised.
    """
    kind, title = kind_and_title(form)
    if isinstance(form, forms.DeployFiles):
        check_deploy_files(form.filenames)
        return Work(kind, title, deploy_files=form.filenames)
    if isinstance(form, forms.Function):
        call = get_func_and_args(form.commands)
        check_call(call)
        args, kwargs = call.arguments
        return Work(kind, title, function=call.function, args=args, kwargs=kwargs)
    if isinstance(form, forms.Facts):
        return Work(kind, title, facts=get_facts_and_args(form.words))
    if isinstance(form, forms.Exec):
        from pyinfra.operations import server

        return Work(kind, title, function=server.shell, kwargs={"commands": form.command})
    return Work(kind, title)
