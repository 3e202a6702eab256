# SPDX-License-Identifier: Apache-2.0
# Benchmarks: `make bench`; one script a subject, all print figures beside their goals. BENCH="cli ..." runs some.

EXTRA_PROGRAMS += tests/bench/measure
tests_bench_measure_SOURCES = tests/bench/measure.c
EXTRA_PROGRAMS += tests/bench/engine
tests_bench_engine_SOURCES = tests/bench/engine.c
tests_bench_engine_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_bench_engine_LDADD = libpitrix_core.la
EXTRA_DIST += tests/bench/engine.sh
if HAVE_CHECK
EXTRA_PROGRAMS += tests/bench/drone_soak
EXTRA_PROGRAMS += tests/bench/frontgate_fan
bench_check = tests/bench/drone_soak tests/bench/frontgate_fan
bench_fixture = tests/agent/frontgate_fixture.c tests/agent/frontgate_fixture.h tests/bench/process.c tests/bench/process.h
tests_bench_drone_soak_SOURCES = tests/bench/drone_soak.c $(bench_fixture)
tests_bench_drone_soak_CPPFLAGS = $(tests_agent_frontgate_CPPFLAGS)
tests_bench_drone_soak_CFLAGS = $(tests_agent_frontgate_CFLAGS)
tests_bench_drone_soak_LDADD = $(tests_agent_frontgate_LDADD)
tests_bench_frontgate_fan_SOURCES = tests/bench/frontgate_fan.c $(bench_fixture)
tests_bench_frontgate_fan_CPPFLAGS = $(tests_agent_frontgate_CPPFLAGS)
tests_bench_frontgate_fan_CFLAGS = $(tests_agent_frontgate_CFLAGS)
tests_bench_frontgate_fan_LDADD = $(tests_agent_frontgate_LDADD)
endif
EXTRA_PROGRAMS += tests/bench/render
tests_bench_render_SOURCES = tests/bench/render.c
tests_bench_render_LDADD = libpitrix.la
EXTRA_DIST += tests/bench/run.sh tests/bench/cli.sh tests/bench/deploy.sh tests/bench/drone-soak.sh \
	tests/bench/frontgate-fan.sh tests/bench/helm.sh tests/bench/render.sh
.PHONY: bench
bench: all tests/bench/measure tests/bench/engine tests/bench/render $(bench_check)
	@$(AM_TESTS_ENVIRONMENT) $(srcdir)/tests/bench/run.sh $(BENCH)
