# SPDX-License-Identifier: Apache-2.0
load helpers

@test "completion prints the script that is installed" {
	for pair in bash:pitrix.bash zsh:_pitrix fish:pitrix.fish; do
		pitrix completion "${pair%%:*}"
		status_is 0
		err_empty
		cmp "$HOME/.out" "$source/completions/${pair#*:}"
	done
}

@test "completion of another shell" {
	pitrix completion csh
	status_is 64
	out_empty
	err_has "no completion for the shell 'csh'"
}

@test "commands are offered, hidden ones are not" {
	pitrix __complete ''
	status_is 0
	out_has $'version\tTell which version this is'
	out_lacks __complete
	pitrix __complete vers
	out_is $'version\tTell which version this is\n:none'
}

@test "options are offered" {
	pitrix __complete version --qu
	out_is $'--quiet\tsay nothing but results and errors\n:none'
}

@test "the values of an option are offered, apart and joined" {
	pitrix __complete version --color al
	out_is $'always\talso into files and pipes\n:none'
	pitrix __complete version --color=ne
	out_is $'--color=never\tno colours\n:none'
}

@test "folders are left to the shell" {
	pitrix __complete --home ''
	out_is ':dirs'
	pitrix __complete --home=/t
	out_is ':dirs'
}

@test "nothing is offered after an unknown command" {
	pitrix __complete nothing-like-it ''
	status_is 0
	out_is ':none'
}

# As bash calls it: the words of the line, broken at = as bash does.
bash_completes()
{
	(
		unset -f pitrix
		PATH=${program%/*}:$PATH
		source "$source/completions/pitrix.bash"
		COMP_WORDS=("$@")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		_pitrix
		printf '%s\n' "${COMPREPLY[@]}"
	)
}

@test "bash: a command, an option, a joined value, a folder" {
	[ "$(bash_completes pitrix vers)" = version ]
	[ "$(bash_completes pitrix version --qu)" = --quiet ]
	[ "$(bash_completes pitrix version --color = ne)" = never ]
	mkdir folder
	[ "$(bash_completes pitrix --home fol)" = folder ]
	[ "$(bash_completes pitrix --home = fol)" = folder ]
}
