/**
 * What a shell reads at its start. Each asks `dockline __complete` with the words up to the cursor, and takes what comes
 * back: lines of a word, a tab and what it is, and at the end ':0' for files as well or ':4' for none.
 */
export const SCRIPTS = {
  bash: `# Completion for bash. To have it in every shell: source <(dockline completion bash) in ~/.bashrc.
_dockline() {
  local line=\${COMP_LINE:0:COMP_POINT} found directive=:4 current kept
  local -a words=()
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=\${words[\${#words[@]}-1]}
  # To bash a word begins anew behind each of these.
  kept=\${current%"\${current##*[=:]}"}
  COMPREPLY=()
  while IFS= read -r found; do
    if [[ $found == :[0-9] ]]; then directive=$found
    else
      found=\${found%%$'\\t'*}
      COMPREPLY+=("\${found#"$kept"}")
    fi
  done < <("\${words[0]}" __complete "\${words[@]:1}" 2>/dev/null)
  [[ $directive == :0 ]] && compopt -o default 2>/dev/null
  # Behind the name of a container a path follows.
  [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == *: ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -F _dockline dockline
`,
  zsh: `#compdef dockline
# Completion for zsh. To have it in every shell: source <(dockline completion zsh) in ~/.zshrc, behind compinit.
_dockline() {
  local line directive=:4
  local -a found
  for line in "\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :[0-9] ]]; then directive=$line
    elif [[ -n $line ]]; then found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${\${line#*$'\\t'}%"\${line%%$'\\t'*}"}")
    fi
  done
  (( \${#found} )) && _describe dockline found
  [[ $directive == :0 ]] && _files
}
if [[ $funcstack[1] == _dockline ]]; then _dockline "$@"; else compdef _dockline dockline; fi
`,
  fish: `# Completion for fish. To have it in every shell: dockline completion fish > ~/.config/fish/completions/dockline.fish
function __dockline_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l directive :4
  for line in ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
    if string match -qr '^:[0-9]$' -- $line
      set directive $line
    else
      echo $line
    end
  end
  test $directive = :0; and __fish_complete_path "$current"
end
complete -c dockline -f -a '(__dockline_complete)'
`,
} as const
