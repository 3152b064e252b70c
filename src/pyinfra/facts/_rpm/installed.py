"""What rpm has installed: one ``rpm -qa`` for all facts that tell something of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, TypedDict, TypeVar

from pyinfra._core.commands import StringCommand
from pyinfra._core.effects import Resource
from pyinfra._engine.facts.base import FactBase
from pyinfra._lib.packages.listing import PackageVersions
from pyinfra._lib.packages.managers import PACKAGES
from pyinfra._lib.packages.rpm import QUERY, parse_list, without_epoch
from pyinfra.facts._frames import EXISTS, answered, header, not_understood
from pyinfra.facts._shell import script, word, words

T = TypeVar("T")


class _RpmFact(FactBase[T]):
    """Base of facts that come from the one list of rpm."""

    abstract = True
    in_plans = False  # operations say what becomes of which package
    batch_family: ClassVar[str] = "rpm"

    def command(self) -> str:
        return f"command -v rpm >/dev/null 2>&1 || exit 0\nrpm -qa --queryformat '{QUERY}'"

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> str:
        return self.command()

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[T]:
        return [self.process(output)] * len(calls)

    def resources(self) -> Iterable[Resource]:
        return [PACKAGES]

    def describe(self) -> str:
        return "packages of rpm"


class Rpms(TypedDict):
    """What rpm knows."""

    versions: Mapping[str, set[str] | None]  # with epochs: "1:2.0-1"; None: nobody knows
    architectures: Mapping[str, set[str]]


class InstalledRpms(_RpmFact[Rpms]):
    """All installed packages, with their epochs and architectures. A host without rpm has none."""

    @staticmethod
    def default() -> Rpms:
        return {"versions": {}, "architectures": {}}

    def process(self, output: list[str]) -> Rpms:
        architectures: dict[str, set[str]] = {}
        for line in output:
            fields = line.split("\t")
            if len(fields) == 3:
                architectures.setdefault(fields[0], set()).add(fields[2])
        return {"versions": dict(parse_list(output)), "architectures": architectures}


class RpmPackages(_RpmFact[PackageVersions]):
    """The installed packages with their versions and releases.

    Example:
        >>> host.get_fact(RpmPackages)
        {'bash': {'5.1.8-9.el9'}}
    """

    default = dict

    def requires_command(self, *args: Any, **kwargs: Any) -> str:
        return "rpm"

    def process(self, output: list[str]) -> PackageVersions:
        return {name: set(map(without_epoch, found)) for name, found in parse_list(output).items()}


class Provider(NamedTuple):
    """A package that provides something."""

    name: str
    version: str | None  # of what it provides, when it tells one


Providers = list[Provider]

# "= NUMBER" for each call. Packages follow as lines of a tab and a name, what they provide as lines of two tabs.
_FORMAT = r"\t%{NAME}\n[\t\t%{PROVIDENAME}\t%{PROVIDEVERSION}\n]"
_FUNCTION = 'command -v rpm >/dev/null 2>&1 || exit 0\nq() { rpm -q --whatprovides --queryformat "$@" 2>/dev/null; }\n'


class InstalledProviders(FactBase[Providers]):
    """Which installed packages provide a name or a file. One process for all names, one more for each file."""

    in_plans = False
    default = list

    def command(self, wanted: str) -> StringCommand:
        return self.batch_command([{"wanted": wanted}])

    def resources(self, wanted: str) -> Iterable[Resource]:
        return [PACKAGES]

    def batch_command(self, calls: Sequence[Mapping[str, Any]]) -> StringCommand:
        numbered = list(enumerate((call["wanted"] for call in calls), start=1))
        names = [(number, name) for number, name in numbered if not name.startswith("/")]
        parts: list[Any] = []
        if names:
            numbers = " ".join(str(number) for number, _ in names)
            asked = words(word(name) for _, name in names)
            parts += [f"echo '= {numbers}'\nq '{_FORMAT}' -- ", asked, "\n"]
        for number, name in numbered:
            if name.startswith("/"):
                parts += [f"echo '= {number}'\nq '\\t%{{NAME}}\\n' -- ", word(name), "\n"]
        return script(_FUNCTION, parts, ":")

    def process(self, output: list[str]) -> Providers:
        raise NotImplementedError  # lines alone do not say who was asked for

    def batch_process(self, calls: Sequence[Mapping[str, Any]], output: list[str]) -> list[Providers]:
        names = [call["wanted"] for call in calls]
        if not output:  # no rpm
            return [[] for _ in names]
        answers: dict[int, Providers] = {}
        asked: list[int] = []
        package = ""
        for line in output:
            found = header(line)
            fields = line.split("\t")
            if found is not None and found[0] == EXISTS and all(0 < number <= len(names) for number in found[1]):
                asked = found[1]
                answers.update({number: [] for number in asked})
            elif len(fields) == 2 and not fields[0]:
                package = fields[1]
                _add(answers, [n for n in asked if names[n - 1].startswith("/")], Provider(package, None))
            elif len(fields) == 4 and line.startswith("\t\t"):
                version = None if fields[3] in ("", "(none)") else fields[3]
                _add(answers, [n for n in asked if names[n - 1] == fields[2]], Provider(package, version))
            elif line.startswith("\t"):
                not_understood("providers", line)
        return answered("providers", answers, len(names))


def _add(answers: dict[int, Providers], numbers: Iterable[int], provider: Provider) -> None:
    for number in numbers:
        if provider not in answers[number]:
            answers[number].append(provider)
