# SPDX-License-Identifier: Apache-2.0
# The program: a thin front that uses installed headers only.

bin_PROGRAMS += pitrix
pitrix_SOURCES = \
	cli/answers.c cli/answers.h cli/charts.c cli/charts.h cli/cli.c cli/cli.h cli/cmd_cluster/cluster.h cli/cmd_cluster/deploy.c \
	cli/cmd_cluster/inside.c cli/cmd_cluster/logs.c cli/cmd_cluster/list.c cli/cmd_cluster/operate.c cli/cmd_completion.c \
	cli/cmd_create.c cli/cmd_doctor.c cli/cmd_job.c cli/cmd_lint.c cli/cmd_package.c cli/cmd_render.c \
	cli/cmd_runtime.c cli/cmd_show.c cli/cmd_state.c cli/cmd_version.c cli/commands.c cli/commands.h cli/complete.c \
	cli/complete.h cli/config.c cli/config.h cli/context.c cli/files.c cli/files.h cli/follow.c cli/follow.h cli/generate.c \
	cli/helm/charts.c cli/helm/flag_value.c cli/helm/flags.c cli/helm/helm.c cli/helm/helm.h cli/helm/lint.c cli/helm/post.c cli/helm/template.c \
	cli/help.c cli/help.h cli/main.c cli/man.c cli/man.h cli/opt.c cli/opt.h cli/print.c cli/print.h \
	cli/problems.c cli/problems.h cli/prompt.c cli/prompt.h cli/run.c cli/run.h cli/selftest.c cli/source.c cli/source.h cli/text.c \
	cli/text.h cli/things.c cli/things.h
pitrix_SOURCES += cli/cmd_dependency.c cli/dependency.h cli/helm/dependency.c cli/helm/usage.c
pitrix_CPPFLAGS = -D_GNU_SOURCE -I$(top_srcdir)/include $(PTX_CPPFLAGS)
pitrix_CFLAGS = $(AM_CFLAGS) $(SMARTCOLS_CFLAGS)
pitrix_LDADD = libpitrix.la $(SMARTCOLS_LIBS)

# Made by `pitrix __generate` and committed; tests/check-generated.sh compares.
dist_man_MANS += \
	man/pitrix.1 \
	man/pitrix-cluster-delete.1 \
	man/pitrix-cluster-deploy.1 \
	man/pitrix-cluster-events.1 \
	man/pitrix-cluster-exec.1 \
	man/pitrix-cluster-list.1 \
	man/pitrix-cluster-logs.1 \
	man/pitrix-cluster-plan.1 \
	man/pitrix-cluster-restart.1 \
	man/pitrix-cluster-show.1 \
	man/pitrix-cluster-start.1 \
	man/pitrix-cluster-status.1 \
	man/pitrix-cluster-stop.1 \
	man/pitrix-cluster-upgrade-agent.1 \
	man/pitrix-completion.1 \
	man/pitrix-create.1 \
	man/pitrix-dependency-build.1 \
	man/pitrix-dependency-list.1 \
	man/pitrix-dependency-update.1 \
	man/pitrix-doctor.1 \
	man/pitrix-helm.1 \
	man/pitrix-help.1 \
	man/pitrix-job-cancel.1 \
	man/pitrix-job-follow.1 \
	man/pitrix-job-list.1 \
	man/pitrix-job-resume.1 \
	man/pitrix-job-show.1 \
	man/pitrix-lint.1 \
	man/pitrix-package.1 \
	man/pitrix-render.1 \
	man/pitrix-runtime-check.1 \
	man/pitrix-runtime-list.1 \
	man/pitrix-runtime-show.1 \
	man/pitrix-show-all.1 \
	man/pitrix-show-chart.1 \
	man/pitrix-show-crds.1 \
	man/pitrix-show-readme.1 \
	man/pitrix-show-values.1 \
	man/pitrix-state-export.1 \
	man/pitrix-state-import.1 \
	man/pitrix-version.1

dist_bashcomp_DATA = completions/pitrix.bash
dist_zshcomp_DATA = completions/_pitrix
dist_fishcomp_DATA = completions/pitrix.fish

dist_man_MANS += man/pitrix.7 man/pitrix-templates.7 man/pitrix-package.5
EXTRA_DIST += CONTRIBUTING.md SECURITY.md docs/dependencies.md docs/errors.md
