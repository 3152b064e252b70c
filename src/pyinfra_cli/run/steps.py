"""The steps of a run of the command line."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, TextIO

import click

from pyinfra._core.errors import FactTypeError, PyinfraError
from pyinfra._engine.facts.lessons import lessons_of
from pyinfra._report.plan import plan_report
from pyinfra._report.results import run_report
from pyinfra._report.view import Form, Problem, ProblemKind, RunInfo, Step, View
from pyinfra.api import State
from pyinfra.api.connect import connect_all, disconnect_all
from pyinfra.api.operations import run_ops
from pyinfra.api.state import StateStage
from pyinfra.context import ctx_inventory, ctx_state
from pyinfra_cli.exceptions import CliError
from pyinfra_cli.inventory import make_inventory
from pyinfra_cli.options import Options
from pyinfra_cli.run.ahead import reading_ahead
from pyinfra_cli.run.exit_codes import ExitCode, exit_code_of
from pyinfra_cli.run.preparing import load_deploy_file, load_func
from pyinfra_cli.run.problems import problem_of
from pyinfra_cli.run.process_state import enter_directory
from pyinfra_cli.run.questions import Questions, at_terminal
from pyinfra_cli.run.settings import ask_for_passwords, load_config, override_data
from pyinfra_cli.virtualenv import init_virtualenv
from pyinfra_cli.words.forms import form_of
from pyinfra_cli.words.selection import select_hosts
from pyinfra_cli.words.work import Work, job_of, kind_and_title, work_of


class Run:
    """One run: its steps, and how it ends.

    Args:
        inventory: the first word of the command line.
        words: the other ones.
        options: what was given as options.
        view: what is told of everything.
        stdout: where documents go.
    """

    def __init__(self, inventory: str, words: Sequence[str], options: Options, view: View, stdout: TextIO) -> None:
        self._stdout = stdout
        self._inventory = inventory
        self._words = words
        self._options = options
        self._view = view
        self._state: State | None = None
        self._began: float | None = None
        self._reported = False

    # -- the steps -------------------------------------------------------------------------

    def do(self, rerun: Callable[[Sequence[str]], str]) -> int:
        """Go through all steps."""
        options = self._options
        enter_directory(options.chdir)
        init_virtualenv()
        form = form_of(self._inventory, self._words, options.chdir)
        kind, title = kind_and_title(form)
        self._view.begin(RunInfo(Form.FACT if options.debug_facts else kind, title, options.dry, rerun))
        work = work_of(form)
        self._refuse_unattended(work)
        state = self._make_state(work)
        if work.form is Form.INVENTORY:
            self._view.inventory(_inventory_rows(state))
            return ExitCode.OK
        self._connect(state, work)
        if work.form is Form.FACT:
            return self._read_facts(state, work)
        self._prepare(state, work)
        return self._plan_and_run(state, work)

    def _refuse_unattended(self, work: Work) -> None:
        """Say at once, not after minutes of preparing, that nobody is there to be asked."""
        options = self._options
        ends_early = options.dry or options.debug_facts or options.debug_operations or options.is_machine_readable
        asks = work.form in (Form.DEPLOY, Form.OPERATION) and not options.yes and not ends_early
        if asks and not at_terminal():
            raise CliError(
                "there is no terminal to ask at whether to run the plan",
                hint="give --yes to run it without asking, or --dry to see the plan only",
            )

    def _make_state(self, work: Work) -> State:
        options = self._options
        self._view.step(Step.CONFIG)
        config = load_config(options)
        data = override_data(options)
        questions = Questions(self._view, options.yes or options.is_machine_readable)
        ask_for_passwords(options, config, data, questions)
        self._view.step(Step.INVENTORY)
        inventory = make_inventory(
            self._inventory, override_data=data, cwd=str(Path.cwd()), group_data_directories=list(options.group_data)
        )
        self._state = state = State(check_for_changes=options.plan and work.form is not Form.EXEC)
        state.job = job_of(work, Path.cwd())
        ctx_state.set(state)
        ctx_inventory.set(inventory)
        state.init(inventory, config, initial_limit=select_hosts(inventory, options.limit, options.exclude))
        _set_verbosity(state, options.verbosity)
        if questions.can_ask and config.FAIL_PERCENT is None and work.form is not Form.EXEC:
            config.FAIL_PERCENT = 0
            state.should_raise_failed_hosts = questions.may_stop
        self._questions = questions
        self._view.attach(state)
        return state

    def _connect(self, state: State, work: Work) -> None:
        state.set_stage(StateStage.Connect)
        count = sum(state.is_host_in_limit(host) for host in state.inventory)
        self._view.step(Step.CONNECT, f"{count} host{'' if count == 1 else 's'}")
        paths = [os.path.abspath(name) for name in work.deploy_files]  # noqa: PTH100 - as they will be run
        with reading_ahead(paths) as facts:
            connect_all(state)
        if facts and (lessons := lessons_of(state)) is not None:
            lessons.assume(facts)

    def _read_facts(self, state: State, work: Work) -> int:
        from pyinfra_cli.run.fact_reading import read_facts

        state.set_stage(StateStage.Prepare)
        self._view.step(Step.FACTS, work.title)
        try:
            reports = read_facts(state, work.facts)
        except FactTypeError as error:
            raise CliError(str(error), hint=error.details.hint) from error
        self._view.facts(reports)
        return exit_code_of(state)

    def _prepare(self, state: State, work: Work) -> None:
        state.set_stage(StateStage.Prepare)
        self._view.step(Step.PREPARE, work.title)
        for filename in work.deploy_files:
            load_deploy_file(state, filename)
        if work.function is not None:
            load_func(state, work.function, *work.args, **work.kwargs)

    def _plan_and_run(self, state: State, work: Work) -> int:
        options = self._options
        if options.debug_facts or options.debug_operations:
            self._debug(state)
            return exit_code_of(state)
        plan = plan_report(state)
        if work.form is not Form.EXEC:
            self._view.plan(plan)
        if options.dry:
            return self._end_of_dry_run(state, plan.is_pending)
        if options.is_machine_readable and not options.yes and work.form is not Form.EXEC:
            return exit_code_of(state)
        if work.form is not Form.EXEC and not self._questions.run_it(plan):
            self._view.problem(Problem(ProblemKind.DECLINED, "nothing was run"))
            return ExitCode.OK
        self._execute(state)
        return exit_code_of(state)

    def _end_of_dry_run(self, state: State, is_pending: bool) -> int:
        code = exit_code_of(state)
        if code is ExitCode.OK and is_pending and self._options.detailed_exitcode:
            return ExitCode.PENDING
        return code

    def _execute(self, state: State) -> None:
        state.set_stage(StateStage.Execute)
        self._view.step(Step.EXECUTE)
        self._began = time.monotonic()
        run_ops(state, serial=self._options.serial, no_wait=self._options.no_wait)
        self._report()

    def _report(self) -> None:
        if self._state is not None and self._began is not None and not self._reported:
            self._reported = True
            self._view.results(run_report(self._state, time.monotonic() - self._began))

    def _debug(self, state: State) -> None:
        if self._options.debug_facts:
            from pyinfra_cli.run.fact_reading import known_facts

            self._view.facts(known_facts(state))
        if self._options.debug_operations:
            from pyinfra_cli import prints

            with redirect_stdout(self._stdout):
                if self._options.is_machine_readable:
                    prints.print_state_operations_json(state)
                else:
                    prints.print_state_operations(state)

    # -- the ends --------------------------------------------------------------------------

    def failed(self, error: BaseException) -> int:
        """Say what ended the run."""
        if isinstance(error, click.exceptions.Exit):
            return error.exit_code
        problem, code = problem_of(error, self._state)
        if self._options.debug and not isinstance(error, (KeyboardInterrupt, click.ClickException)):
            logging.getLogger("pyinfra").debug("the traceback:", exc_info=error)
        self._report()
        self._view.problem(problem)
        return code

    def leave(self) -> None:
        """Close all connections, whatever happened."""
        if self._state is None or not self._state.initialised:
            return
        self._view.step(Step.DISCONNECT)
        try:
            disconnect_all(self._state)
        except (PyinfraError, KeyboardInterrupt) as error:
            logging.getLogger("pyinfra").warning("while disconnecting: %s", error)


def _set_verbosity(state: State, verbosity: int) -> None:
    """For third-party code that looks at these; the views have their own."""
    state.print_fact_info = verbosity >= 1
    state.print_input = state.print_fact_input = verbosity >= 2
    state.print_output = state.print_fact_output = verbosity >= 3


def _inventory_rows(state: State) -> list[dict[str, Any]]:
    return [
        {"name": host.name, "groups": list(host.groups), "data": host.data.dict()}
        for host in state.inventory
        if state.is_host_in_limit(host)
    ]
