# bash completion for nextline: the words come from the program's own tables (nextline help --words).
# SPDX-License-Identifier: Apache-2.0
_nextline() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words verbs command
    COMPREPLY=()
    command=("${COMP_WORDS[1]}")
    if [[ $COMP_CWORD -ge 2 ]]; then
        verbs=$("${COMP_WORDS[0]}" help --words "${COMP_WORDS[1]}" 2>/dev/null | grep -v '^--')
        if [[ -n $verbs && $COMP_CWORD -ge 3 ]]; then
            command+=("${COMP_WORDS[2]}")
        fi
    fi
    if [[ $COMP_CWORD -eq 1 ]]; then
        words="$("${COMP_WORDS[0]}" help --words 2>/dev/null) --help --version"
    elif [[ -n $verbs && $COMP_CWORD -eq 2 ]]; then
        words=$verbs
    elif [[ $prev == --* ]]; then
        words=$("${COMP_WORDS[0]}" help --words "${command[@]}" "${prev#--}" 2>/dev/null)
    elif [[ ${COMP_WORDS[1]} == help ]]; then
        words=$("${COMP_WORDS[0]}" help --words 2>/dev/null)
    elif [[ $cur == -* ]]; then
        words=$("${COMP_WORDS[0]}" help --words "${command[@]}" 2>/dev/null)
    fi
    if [[ -n $words ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    fi
}
complete -o filenames -F _nextline nextline
