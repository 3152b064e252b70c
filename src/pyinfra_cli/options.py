"""The options of the command line: one table of ``click`` options, and the value that they make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from pyinfra._core.records import Record

F = TypeVar("F", bound=Callable[..., Any])

OUTPUTS = ("normal", "quiet", "live", "ci", "json", "jsonl")


class Options(Record):
    """What was given on the command line. ``None`` and empty tuples stand for options that were not given."""

    verbosity: int = 0
    dry: bool = False
    diff: bool = False
    yes: bool = False
    plan: bool = True
    detailed_exitcode: bool = False
    limit: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_percent: int | None = None
    data: tuple[str, ...] = ()
    group_data: tuple[str, ...] = ()
    config_filename: str = "config.py"
    chdir: str | None = None
    sudo: bool = False
    sudo_user: str | None = None
    same_sudo_password: bool = False
    use_sudo_password: bool = False
    use_sudo_login: bool = False
    su_user: str | None = None
    doas: bool = False
    doas_user: str | None = None
    dzdo: bool = False
    dzdo_user: str | None = None
    shell_executable: str | None = None
    parallel: int | None = None
    no_wait: bool = False
    serial: bool = False
    retry: int | None = None
    retry_delay: int | None = None
    ssh_user: str | None = None
    ssh_port: int | None = None
    ssh_key: str | None = None
    ssh_key_password: str | None = None
    ssh_password: str | None = None
    ssh_password_prompt: bool = False
    output: str = "normal"
    json_output: bool = False
    color: str = "auto"
    junit: str | None = None
    github: bool = False
    debug: bool = False
    debug_all: bool = False
    debug_facts: bool = False
    debug_operations: bool = False

    @classmethod
    def of(cls, context: click.Context) -> Options:
        """Make it from what click parsed. Numbers that are only defaults do not override the configuration."""
        given = {name: value for name, value in context.params.items() if name in _NAMES and value is not None}
        for name in ("retry", "retry_delay"):
            if context.get_parameter_source(name) is click.core.ParameterSource.DEFAULT:
                given.pop(name, None)
        return cls(**given)

    @property
    def is_machine_readable(self) -> bool:
        """Whether standard output belongs to a program."""
        return self.json_output or self.output in ("json", "jsonl")


_NAMES = frozenset(Options.record_fields)


def _flag(*names: str, help: str, **more: Any) -> Any:
    return click.option(*names, is_flag=True, default=False, help=help, **more)


def complete_with(function: str) -> Callable[..., Any]:
    """Completion is only loaded when somebody presses the tab key."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> Any:
        from importlib import import_module

        return getattr(import_module("pyinfra_cli.completion"), function)(context, parameter, incomplete)

    return complete


# In the order of the help text.
_OPTIONS = (
    click.option(
        "-v", "verbosity", count=True, type=click.IntRange(0, max=4),
        help="Say more: -v facts and hosts, -vv commands too, -vvv their output too.",
    ),
    _flag("--dry", help="End with the plan: change nothing."),
    _flag("--diff", help="Show the differences of file contents in the plan."),
    _flag("-y", "--yes", envvar="PYINFRA_YES", help="Run the plan without asking."),
    click.option("--no-plan", "plan", flag_value=False, default=True, type=bool,
                 help="Do not work out what will change beforehand."),
    _flag("--detailed-exitcode", help="With --dry: exit with 5 when there is something to change."),
    click.option("--limit", multiple=True, shell_complete=complete_with("complete_limit"),
                 help="Only these hosts: names, patterns (web*) or groups."),
    click.option("--exclude", multiple=True, shell_complete=complete_with("complete_limit"),
                 help="Not these hosts: names, patterns or groups."),
    click.option("--fail-percent", type=int, help="Stop when more than this share of the hosts has failed."),
    click.option("--data", multiple=True, metavar="KEY=VALUE", help="Host data that goes over all other data."),
    click.option("--group-data", multiple=True, metavar="PATH", shell_complete=complete_with("complete_group_data"),
                 help="A file or folder with more group data."),
    click.option("--config", "config_filename", default="config.py", show_default=True, metavar="FILE",
                 shell_complete=complete_with("complete_config"), help="File with settings."),
    click.option("--chdir", metavar="DIR", shell_complete=complete_with("complete_directory"),
                 help="Change to this directory first."),
    _flag("--sudo", help="Run everything with sudo."),
    click.option("--sudo-user", metavar="USER", help="Run everything as this user, with sudo."),
    _flag("--same-sudo-password", help="Ask for the sudo password once, before anything is run."),
    _flag("--use-sudo-password", help="The same as --same-sudo-password."),
    _flag("--use-sudo-login", help="Give sudo a login shell."),
    click.option("--su-user", metavar="USER", help="Run everything as this user, with su."),
    _flag("--doas", help="Run everything with doas."),
    click.option("--doas-user", metavar="USER", help="Run everything as this user, with doas."),
    _flag("--dzdo", help="Run everything with dzdo."),
    click.option("--dzdo-user", metavar="USER", help="Run everything as this user, with dzdo."),
    click.option("--shell-executable", metavar="SHELL", help="Shell for commands; None for no shell."),
    click.option("--parallel", type=click.IntRange(min=0), help="Work on this many hosts at once."),
    _flag("--no-wait", help="Every host goes at its own pace."),
    _flag("--serial", help="One host after the other."),
    click.option("--retry", type=click.IntRange(min=0), default=0, help="Try failing operations again, this often."),
    click.option("--retry-delay", type=click.IntRange(min=0), default=5, show_default=True, metavar="SECONDS",
                 help="Wait before trying again."),
    click.option("--ssh-user", "--user", "ssh_user", metavar="USER", help="SSH user."),
    click.option("--ssh-port", "--port", "ssh_port", type=click.IntRange(1, 65535), help="SSH port."),
    click.option("--ssh-key", "--key", "ssh_key", type=click.Path(), help="SSH private key file."),
    click.option("--ssh-key-password", "--key-password", "ssh_key_password", metavar="PASSWORD",
                 help="Password of the key."),
    click.option("--ssh-password", "--password", "ssh_password", metavar="PASSWORD",
                 help="SSH password. Others can see it in the list of processes: better --ssh-password-prompt."),
    _flag("--ssh-password-prompt", help="Ask for the SSH password."),
    click.option("--output", type=click.Choice(OUTPUTS), default="normal", show_default=True,
                 help="What to show: live shows the output of commands as it comes, ci is made for logs."),
    _flag("--json", "json_output", help="Write one JSON document. The same as --output json."),
    click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True,
                 help="When to use colours."),
    click.option("--junit", metavar="FILE", help="Write the results as JUnit XML, too."),
    _flag("--github", help="Write GitHub annotations, too. On by itself with --output ci on GitHub."),
    _flag("--debug", help="Show debug messages."),
    _flag("--debug-all", help="Show debug messages of all libraries."),
    _flag("--debug-facts", help="Show the facts that were read to make the plan, then end."),
    _flag("--debug-operations", help="Show the operations and their order, then end."),
)  # fmt: skip


def all_options(command: F) -> F:
    """Give a function all options as parameters."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
