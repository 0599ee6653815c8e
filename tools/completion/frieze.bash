# Completion of Frieze's tools in bash: subcommands, options and values that their
# --help lists, and files.

_frieze() {
  local tool=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} option='' help line
  local -a subcommands=() options=() values=()
  # bash parts words at "=".
  if [[ $word == = ]]; then
    word='' option=${COMP_WORDS[COMP_CWORD - 1]}
  elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == = ]]; then
    option=${COMP_WORDS[COMP_CWORD - 2]}
  fi

  help=$("$tool" --help 2>/dev/null) || return
  while IFS= read -r line; do
    [[ $line =~ ^\ \ ([a-z]+)\ +-\  ]] && subcommands+=("${BASH_REMATCH[1]}")
  done <<<"$help"
  if ((${#subcommands[@]} && COMP_CWORD > 1)) && [[ " ${subcommands[*]} " == *" ${COMP_WORDS[1]} "* ]]; then
    help=$("$tool" "${COMP_WORDS[1]}" --help 2>/dev/null) || return
    subcommands=()
  fi

  local last=''
  while IFS= read -r line; do
    if [[ $line =~ ^\ \ (--?[A-Za-z][A-Za-z0-9-]*)(=|\[|\ |$) ]]; then
      last=${BASH_REMATCH[1]}
      [[ ${BASH_REMATCH[2]} == '=' ]] && options+=("$last=") || options+=("$last")
    elif [[ -n $option && $last == "$option" && $line =~ ^\ \ \ \ =([^\ ]+) ]]; then
      values+=("${BASH_REMATCH[1]}")
    fi
  done <<<"$help"

  if [[ -n $option ]]; then
    if ((${#values[@]})); then
      mapfile -t COMPREPLY < <(compgen -W "${values[*]}" -- "$word")
    else
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
  elif [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "${options[*]}" -- "$word")
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  elif ((COMP_CWORD == 1 && ${#subcommands[@]})); then
    mapfile -t COMPREPLY < <(compgen -W "${subcommands[*]}" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
  return 0
}

complete -o filenames -F _frieze frieze-bench frieze-compile frieze-ecg frieze-opt frieze-run
