"""The scripts that connect completion to shells.

They speak click's protocol (``_PYINFRA_COMPLETE=bash_complete``, ``COMP_WORDS``, ``COMP_CWORD``; a kind and a value for
each candidate), so click's own classes answer. The scripts themselves are ours, because bash parts words such as
``path=/etc/hosts`` and ``@local`` before completion sees them, and because nothing may follow ``files.`` or ``path=``
at once.
"""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete, add_completion_class

PROGRAM = "pyinfra"
VARIABLE = "_PYINFRA_COMPLETE"

_BASH = r"""
# Completion of %(prog_name)s for bash. In ~/.bashrc: eval "$(%(prog_name)s completion bash)"
%(complete_func)s() {
    local current=$2 rest=$COMP_LINE line= lead= last= count=-1 index word blanks response kind value
    # Bash parts words at = : and @. What has no blank between it is one word again.
    for ((index = 0; index <= COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        blanks=${rest%%%%[![:space:]]*}
        if [[ $index == 0 || -n $blanks ]]; then
            line+=${line:+$'\n'}
            last=
            count=$((count + 1))
        fi
        line+=$word
        last+=$word
        rest=${rest#"$blanks"}
        rest=${rest#"$word"}
    done
    # What readline will leave as it is: all of the word but the part that it has bash complete.
    lead=${last%%"$current"}
    lead=${lead//[\"\']/}
    response=$(env COMP_WORDS="$line" COMP_CWORD="$count" %(complete_var)s=bash_complete "$1" 2>/dev/null) || return 0
    COMPREPLY=()
    while IFS=, read -r kind value; do
        case $kind in
            dir) compopt -o dirnames 2>/dev/null ;;
            file) compopt -o default 2>/dev/null ;;
            plain)
                value=${value#"$lead"}
                # Names must not become commands: quoted as the word is, or with backslashes.
                case $last in
                    *\"*)
                        value=${value//\\/\\\\} value=${value//\$/\\\$}
                        value=${value//\`/\\\`} value=${value//\"/\\\"}
                        ;;
                    *\'*) value=${value//\'/\'\\\'\'} ;;
                    *) [[ $value == *[!A-Za-z0-9_@%%+=:,./~-]* ]] && printf -v value '%%q' "$value" ;;
                esac
                COMPREPLY+=("$value")
                ;;
        esac
    done <<<"$response"
    # Something has to follow these.
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=./] ]]; then
        compopt -o nospace 2>/dev/null
    fi
    return 0
}
complete -o nosort -F %(complete_func)s %(prog_name)s 2>/dev/null || complete -F %(complete_func)s %(prog_name)s
"""

_ZSH = r"""
#compdef %(prog_name)s
# Completion of %(prog_name)s for zsh. In ~/.zshrc, after compinit: eval "$(%(prog_name)s completion zsh)"
%(complete_func)s() {
    local -a response plain open described described_open
    local kind value meaning
    response=("${(@f)$(env COMP_WORDS="${words[1,CURRENT]}" COMP_CWORD=$((CURRENT - 1)) \
        %(complete_var)s=zsh_complete "$words[1]" 2>/dev/null)}")
    # click gives values of options alone, but here the word begins with the option.
    [[ $PREFIX == --*=* ]] && compset -P '*='
    for kind value meaning in $response; do
        case $kind in
            dir) _files -/ ;;
            file) _files ;;
            plain)
                # Something has to follow those that end in = . or /
                if [[ $meaning == _ ]]; then
                    [[ $value == *[=./] ]] && open+=("$value") || plain+=("$value")
                else
                    # _describe reads backslashes; click has only escaped colons.
                    value=${${${value//\\:/:}//\\/\\\\}//:/\\:}
                    [[ $value == *[=./] ]] && described_open+=("$value:$meaning") || described+=("$value:$meaning")
                fi
                ;;
        esac
    done
    # One after the other, so that the order is kept: own arguments before those that every operation takes.
    (( $#described_open )) && _describe -V open described_open -S ''
    (( $#described )) && _describe -V closed described
    (( $#open )) && compadd -V paths -S '' -a open
    (( $#plain )) && compadd -V values -a plain
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH = r"""
# Completion of %(prog_name)s for fish. In ~/.config/fish/config.fish: %(prog_name)s completion fish | source
function %(complete_func)s
    set -l token (commandline -t)
    set -l words (commandline -opc)
    # click gives values of options alone, but here the word begins with the option.
    set -l lead (string match -r -- '^--[^=]+=' $token)
    set -l path (string replace -r -- '^--[^=]+=' '' $token)
    set -l response (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp | string collect) \
        COMP_CWORD="$token" $words[1] 2>/dev/null)
    for line in $response
        set -l parts (string split -m 1 ',' -- $line)
        switch $parts[1]
            case dir
                __fish_complete_directories $path | string replace -r -- '^' "$lead"
            case file
                __fish_complete_path $path | string replace -r -- '^' "$lead"
            case plain
                echo -- "$lead$parts[2]"
        end
    end
end
complete --command %(prog_name)s --no-files --keep-order --arguments '(%(complete_func)s)'
"""


class _Bash(BashComplete):
    source_template = _BASH.lstrip()

    def source(self) -> str:
        """Return the script. Which bash is on this machine does not matter: it need not be the one that reads it."""
        return ShellComplete.source(self)


class _Zsh(ZshComplete):
    source_template = _ZSH.lstrip()


class _Fish(FishComplete):
    source_template = _FISH.lstrip()


_CLASSES: dict[str, type[ShellComplete]] = {shell.name: shell for shell in (_Bash, _Zsh, _Fish)}
for _shell in _CLASSES.values():
    add_completion_class(_shell)  # so that _PYINFRA_COMPLETE=bash_source gives the same scripts


def script(shell: str) -> str:
    """Return what a shell has to read to complete the words of the command.

    Args:
        shell: ``bash``, ``zsh`` or ``fish``.

    Raises:
        CliError: another one.

    Example:
        $ eval "$(pyinfra completion bash)"
    """
    if shell not in _CLASSES:
        from pyinfra._core.suggestions import did_you_mean
        from pyinfra_cli.exceptions import CliError

        raise CliError(
            f"there is no completion for {shell!r}{did_you_mean(shell, _CLASSES)}",
            hint=f"shells: {', '.join(_CLASSES)}",
        )
    return _CLASSES[shell](click.Command(PROGRAM), {}, PROGRAM, VARIABLE).source().rstrip("\n")
