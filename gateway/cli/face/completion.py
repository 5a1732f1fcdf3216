"""Completion in bash, which takes a colon for the end of a word.

Of `state:de` bash hands on `de` alone, and puts what is answered in its place. So the whole line is read here, and what
stands before the colon is left out of the answer; within quotes bash breaks nothing, and the whole is answered. Other
shells hand words on as they were typed, and click's own scripts do for them.
"""

import os
from typing import Final

from click.shell_completion import BashComplete, add_completion_class, split_arg_string

_SCRIPT: Final = r"""
%(complete_func)s() {
    local line=${COMP_LINE:0:COMP_POINT} begun= kind value
    local word=${line##*[[:space:]]}
    if [[ $COMP_WORDBREAKS == *:* && $word == *:* && ${COMP_WORDS[COMP_CWORD]} != [\"\']* ]]; then
        begun=${word%%:*}:
    fi
    while IFS=, read -r kind value; do
        case $kind in
            plain)
                if [[ $value == *: ]]; then compopt -o nospace; fi
                COMPREPLY+=("${value#"$begun"}")
                ;;
            file) compopt -o default ;;
            dir) compopt -o dirnames ;;
        esac
    done < <(COMP_WORDS=$line %(complete_var)s=bash_complete "$1")
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class _Bash(BashComplete):
    source_template = _SCRIPT

    def get_completion_args(self) -> tuple[list[str], str]:
        """Give the words of the line after the program, and the last one, which is not typed to its end."""
        words = split_arg_string(os.environ["COMP_WORDS"] + "x")  # a last word, also where only a space was typed
        return words[1:-1], words[-1][:-1]


def prepare() -> None:
    """Let click answer bash so, if it is a shell that asks."""
    add_completion_class(_Bash, "bash")
