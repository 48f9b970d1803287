# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# Completion of orlop(1) for bash: verbs and options are those that `orlop --help` and
# `orlop VERB --help` tell, names those of the running tree, or of the declarations.

# Words of the first column of an indented list.
_orlop_verbs() {
	local line
	while IFS= read -r line; do
		[[ $line == "  "[a-z]* ]] || continue
		line=${line#  }
		printf '%s\n' "${line%% *}"
	done < <(orlop --help 2>/dev/null)
}

# Long options of a verb's help on standard input, up to the = of those that take a value.
_orlop_options() {
	local line word
	while IFS= read -r line; do
		[[ $line == "  -"* ]] || continue
		for word in ${line:0:24}; do
			case $word in
				--*=*) printf '%s\n' "${word%%=*}=" ;;
				--*) printf '%s\n' "$word" ;;
			esac
		done
	done
	printf '%s\n' --help
}

_orlop_declared() {
	local file
	for file in "$1"/services/*.ini; do
		[[ -e $file ]] || continue
		file=${file##*/}
		printf '%s\n' "${file%.ini}"
	done
}

# The rows of `orlop status` behind its head.
_orlop_running() {
	local line seen=
	while IFS= read -r line; do
		[[ -n $seen ]] && printf '%s\n' "${line%% *}"
		[[ $line == "NAME "* ]] && seen=1
	done < <(orlop status "$@" 2>/dev/null)
	[[ -n $seen ]]
}

_orlop() {
	local line=${COMP_LINE:0:COMP_POINT} cur help verb names words directory=/etc/orlop count=0 word
	local -a pid=()
	cur=${line##*[[:space:]]}
	read -ra words <<<"${line%"$cur"}"
	COMPREPLY=()
	verb=${words[1]-}
	if [[ -z $verb ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_orlop_verbs) --help --version" -- "$cur")
		return
	fi
	help=$(orlop "$verb" --help 2>/dev/null) || return
	for word in "${words[@]:2}"; do
		case $word in
			--directory=*) directory=${word#*=} ;;
			--pid=*) pid=("$word") ;;
			-*) ;;
			*) count=$((count + 1)) ;;
		esac
	done
	case $cur in
		--directory=*) mapfile -t COMPREPLY < <(compgen -d -P --directory= -- "${cur#*=}") ;;
		-*) mapfile -t COMPREPLY < <(compgen -W "$(_orlop_options <<<"$help")" -- "$cur") ;;
		*)
			names=
			if [[ ${help%%$'\n'*} == *SIGNAL* && $count == 0 ]]; then
				names="HUP INT QUIT KILL USR1 USR2 TERM CONT STOP WINCH"
			elif [[ ${help%%$'\n'*} == *--directory=* ]]; then
				names=$(_orlop_declared "$directory")
			elif [[ ${help%%$'\n'*} == *NAME* ]]; then
				names=$(_orlop_running "${pid[@]}") || names=$(_orlop_declared "$directory")
			fi
			[[ ${help%%$'\n'*} == *NAME* ]] &&
				mapfile -t COMPREPLY < <(compgen -W "$names" -- "$cur")
			;;
	esac
	[[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
	# readline replaces only what stands behind the last of its own word breaks.
	case $cur in
		*[@=]*) COMPREPLY=("${COMPREPLY[@]#"${cur%"${cur##*[@=]}"}"}") ;;
	esac
}

complete -F _orlop orlop
