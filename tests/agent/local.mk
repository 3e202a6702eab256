# SPDX-License-Identifier: Apache-2.0
# A real Frontgate with a real etcd; skipped (77) without Debian's etcd-server.
if HAVE_CHECK
check_PROGRAMS += tests/agent/frontgate
tests_agent_frontgate_SOURCES = tests/agent/frontgate.c tests/agent/frontgate_fixture.c tests/agent/frontgate_fixture.h
tests_agent_frontgate_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_agent_frontgate_CFLAGS = $(libpitrix_agent_a_CFLAGS) $(CHECK_CFLAGS)
tests_agent_frontgate_LDADD = libpitrix_core.la libpitrix_agent.a $(EVENT_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) $(JANSSON_LIBS) \
	$(CHECK_LIBS)
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
tests_agent_drone_SOURCES = tests/agent/drone.c tests/agent/frontgate_fixture.c tests/agent/frontgate_fixture.h
tests_agent_drone_CPPFLAGS = $(tests_agent_frontgate_CPPFLAGS)
tests_agent_drone_CFLAGS = $(tests_agent_frontgate_CFLAGS)
tests_agent_drone_LDADD = $(tests_agent_frontgate_LDADD)
TESTS += tests/agent/drone

# Unit tests of the rooms that only the agent has.
check_PROGRAMS += tests/agent/unit
tests_agent_unit_SOURCES = tests/agent/unit.c tests/unit/test_agent_rights.c tests/unit/test_evnet_http1.c
tests_agent_unit_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_agent_unit_CFLAGS = $(tests_agent_frontgate_CFLAGS)
tests_agent_unit_LDADD = libpitrix_agent.a $(EVENT_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) $(JANSSON_LIBS) $(YAML_LIBS) $(CHECK_LIBS)
TESTS += tests/agent/unit
endif
