# bash completion of pitrix
_pitrix()
{
	local word line cur prefix i mode=:none
	local -a words=()
	# Bash breaks words at = and : too; here they are whole.
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if ((i > 1)) && [[ $word == [=:] || ${COMP_WORDS[i - 1]} == [=:] ]]; then
			words[${#words[@]} - 1]+=$word
		else
			words+=("$word")
		fi
	done
	cur=${words[${#words[@]} - 1]}
	prefix=${cur%"${cur##*[=:]}"}
	COMPREPLY=()
	while IFS= read -r line; do
		case $line in
		:*) mode=$line ;;
		*) word=${line%%$'\t'*}; COMPREPLY+=("${word#"$prefix"}") ;;
		esac
	done < <("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null)
	case $mode in
	:files) i=-f ;;
	:dirs) i=-d ;;
	*) return ;;
	esac
	compopt -o filenames 2>/dev/null
	while IFS= read -r line; do
		COMPREPLY+=("$line")
	done < <(compgen "$i" -- "${cur#"$prefix"}")
}
complete -F _pitrix pitrix
