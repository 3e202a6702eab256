# SPDX-License-Identifier: Apache-2.0
# A real Frontgate with a real etcd; skipped (77) without Debian's etcd-server.
if HAVE_CHECK
check_PROGRAMS += tests/agent/frontgate
tests_agent_frontgate_SOURCES = tests/agent/frontgate.c tests/agent/frontgate_fixture.c tests/agent/frontgate_fixture.h
tests_agent_frontgate_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_agent_frontgate_CFLAGS = $(libpitrix_agent_a_CFLAGS) $(CHECK_CFLAGS)
tests_agent_frontgate_LDADD = libpitrix_core.la libpitrix_agent.a $(EVENT_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) $(MD_LIBS) $(JANSSON_LIBS) \
	$(YAML_LIBS) $(CHECK_LIBS)
TESTS += tests/agent/frontgate

# The parts of the Drone on their own.
check_PROGRAMS += tests/agent/units
tests_agent_units_SOURCES = tests/agent/units.c lib/modules_shared.c
tests_agent_units_CPPFLAGS = $(tests_agent_frontgate_CPPFLAGS)
tests_agent_units_CFLAGS = $(tests_agent_frontgate_CFLAGS)
tests_agent_units_LDADD = $(tests_agent_frontgate_LDADD)
TESTS += tests/agent/units

# A real Drone at that Frontgate.
check_PROGRAMS += tests/agent/drone
drone_fixture = tests/agent/drone_fixture.c tests/agent/drone_fixture.h tests/agent/frontgate_fixture.c \
	tests/agent/frontgate_fixture.h
tests_agent_drone_SOURCES = tests/agent/drone.c $(drone_fixture)
tests_agent_drone_CPPFLAGS = $(tests_agent_frontgate_CPPFLAGS)
tests_agent_drone_CFLAGS = $(tests_agent_frontgate_CFLAGS)
tests_agent_drone_LDADD = $(tests_agent_frontgate_LDADD)
TESTS += tests/agent/drone

# Updates of the agent in place; a program of it that fails in the way that it is told is built for them.
check_PROGRAMS += tests/agent/update tests/agent/faulty-agent
tests_agent_update_SOURCES = tests/agent/update.c $(drone_fixture)
tests_agent_update_CPPFLAGS = $(tests_agent_frontgate_CPPFLAGS)
tests_agent_update_CFLAGS = $(tests_agent_frontgate_CFLAGS)
tests_agent_update_LDADD = $(tests_agent_frontgate_LDADD)
TESTS += tests/agent/update
tests_agent_faulty_agent_SOURCES = tests/agent/fault.c tests/agent/fault.h lib/agent/main.c lib/agent/modules.c lib/text/regex_re2.cc
tests_agent_faulty_agent_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib -DPTXI_AGENT_FAULT=agent_fault \
	-include $(top_srcdir)/tests/agent/fault.h
tests_agent_faulty_agent_CFLAGS = $(libpitrix_agent_a_CFLAGS)
tests_agent_faulty_agent_CXXFLAGS = $(AM_CXXFLAGS) $(RE2_CFLAGS)
tests_agent_faulty_agent_LDADD = $(pitrix_agent_LDADD)

# Unit tests of the rooms that only the agent has.
check_PROGRAMS += tests/agent/unit
tests_agent_unit_SOURCES = tests/agent/unit.c tests/unit/test_agent_rights.c tests/unit/test_agent_upgrade.c \
	tests/unit/test_evnet_http1.c
tests_agent_unit_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_agent_unit_CFLAGS = $(tests_agent_frontgate_CFLAGS)
tests_agent_unit_LDADD = libpitrix_agent.a $(EVENT_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) $(MD_LIBS) $(JANSSON_LIBS) $(YAML_LIBS) $(CHECK_LIBS)
TESTS += tests/agent/unit
endif
