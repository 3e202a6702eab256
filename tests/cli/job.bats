# SPDX-License-Identifier: Apache-2.0
# Commands on jobs, as far as they need no engine; tests/e2e and tests/crash run them with one.
load helpers

@test "no jobs yet" {
	pitrix job list
	status_is 0
	out_empty
	err_has "There are no jobs."
	pitrix job resume
	status_is 66
	err_has "there is no job to resume"
}

@test "a job that is not there" {
	for verb in show follow resume cancel; do
		pitrix job $verb job-aaaaaaaaaaaa
		status_is 66
		out_empty
	done
	pitrix job show nothing
	status_is 66
}
