# SPDX-License-Identifier: Apache-2.0
# The library: sources by room, the modules around heavy libraries, and what is built of them.

pitrixincludedir = $(includedir)/pitrix
pitrixinclude_HEADERS = \
	include/pitrix/buf.h \
	include/pitrix/chart.h \
	include/pitrix/cluster.h \
	include/pitrix/codec.h \
	include/pitrix/context.h \
	include/pitrix/doctor.h \
	include/pitrix/error.h \
	include/pitrix/job.h \
	include/pitrix/package.h \
	include/pitrix/pitrix.h \
	include/pitrix/plan.h \
	include/pitrix/repo.h \
	include/pitrix/runtime.h \
	include/pitrix/schema.h \
	include/pitrix/store.h \
	include/pitrix/template.h \
	include/pitrix/types.h \
	include/pitrix/value.h \
	include/pitrix/version.h

pitrixsysincludedir = $(includedir)/pitrix/sys
pitrixsysinclude_HEADERS = \
	include/pitrix/sys/alloc.h \
	include/pitrix/sys/provider.h \
	include/pitrix/sys/store.h

library_sources =

base_sources = \
	lib/base/alloc.c lib/base/alloc.h lib/base/arena.c lib/base/arena.h lib/base/attr.h \
	lib/base/auto.h lib/base/banned.h lib/base/buf.c lib/base/ctx.c lib/base/ctx.h \
	lib/base/certs.h lib/base/diag.c lib/base/diag.h lib/base/crypto.c lib/base/crypto.h lib/base/crypto_cert.c \
	lib/base/crypto_key.c lib/base/crypto_pem.c lib/base/crypto_priv.h lib/base/crypto_x509.c \
	lib/base/decimal.c lib/base/decimal.h lib/base/digest.c lib/base/digest.h \
	lib/base/encode.c \
	lib/base/encode.h lib/base/error.c lib/base/error.h lib/base/fs.c lib/base/fs.h \
	lib/base/fs_tree.c lib/base/glob.c lib/base/glob.h lib/base/log.c lib/base/log.h \
	lib/base/lookup.c lib/base/lookup.h lib/base/map.c lib/base/map.h lib/base/module.c \
	lib/base/module.h lib/base/module_abi.h lib/base/module_load.c lib/base/opts.c lib/base/opts.h lib/base/path.c \
	lib/base/path.h lib/base/pool.c lib/base/pool.h lib/base/proc.c lib/base/proc.h \
	lib/base/proc_daemon.c lib/base/ptxi.h lib/base/rand.c lib/base/rand.h lib/base/sort.c \
	lib/base/sort.h lib/base/str.c lib/base/str.h lib/base/time.c lib/base/time.h \
	lib/base/unicode.c lib/base/unicode.h lib/base/utf8.c lib/base/utf8.h \
	lib/base/vec.c lib/base/vec.h lib/base/version.c lib/base/zone.c lib/base/zone.h
library_sources += $(base_sources)

value_sources = \
	lib/value/codec.c lib/value/codec.h lib/value/compare.c lib/value/diff.c lib/value/diff.h \
	lib/value/gojson_error.c lib/value/gojson_error.h \
	lib/value/json_read.c lib/value/json_write.c lib/value/merge.c lib/value/merge.h lib/value/path.c \
	lib/value/path.h lib/value/strvals.c lib/value/strvals.h lib/value/toml.h \
	lib/value/toml_read.c lib/value/toml_scalar.c lib/value/toml_write.c lib/value/value.c lib/value/value.h \
	lib/value/yaml.h lib/value/yaml_emit.c lib/value/yaml_emit.h lib/value/yaml_excerpt.c \
	lib/value/yaml_order.c lib/value/yaml_passes.c lib/value/yaml_problem.c lib/value/yaml_read.c lib/value/yaml_reader.h \
	lib/value/yaml_resolve.c \
	lib/value/yaml_write.c
library_sources += $(value_sources)

text_sources = \
	lib/text/constraint.c lib/text/gotime.c lib/text/gotime.h lib/text/gotime_layout.h lib/text/gotime_parse.c \
	lib/text/semver.c lib/text/semver.h lib/text/url.c lib/text/url.h \
	lib/text/gocast.c lib/text/gocast.h \
	lib/text/gofmt.c lib/text/gofmt.h lib/text/gofmt_format.c lib/text/gofmt_priv.h lib/text/gofmt_time.c \
	lib/text/gonum.c lib/text/gonum.h lib/text/goquote.c lib/text/goquote.h \
	lib/text/jsonpath.c lib/text/jsonpath.h lib/text/jsonpath_node.h lib/text/jsonpath_parse.c \
	lib/text/gojson.c lib/text/gojson.h lib/text/gostring.c lib/text/gostring.h \
	lib/text/gostruct.c lib/text/gostruct.h lib/text/gostrvals.c lib/text/gostrvals.h \
	lib/text/gotype.c lib/text/gotype.h lib/text/goyaml.c lib/text/goyaml.h lib/text/regex.c lib/text/regex.h lib/text/regex_rewrite.c lib/text/regex_module.h \
	lib/text/regex_everyday.c lib/text/regex_everyday.h \
	lib/text/runes.c lib/text/runes.h lib/text/runes_tables.h \
	lib/text/words.c lib/text/words.h
library_sources += $(text_sources)

schema_sources = \
	lib/schema/schema.c lib/schema/schema.h lib/schema/schema_array.c lib/schema/schema_check.c lib/schema/schema_doc.c \
	lib/schema/schema_format.c lib/schema/schema_format.h lib/schema/schema_format_net.c lib/schema/schema_format_time.c \
	lib/schema/schema_meta.c lib/schema/schema_node.c lib/schema/schema_number.c lib/schema/schema_object.c \
	lib/schema/schema_ref.c lib/schema/schema_text.c lib/schema/schema_url.c lib/schema/schema_visit.c \
	lib/schema/schema_visit.h
library_sources += $(schema_sources)

template_sources = \
	lib/template/ast.c lib/template/ast.h lib/template/call.c lib/template/exec.c lib/template/exec.h \
	lib/template/funcs.c lib/template/funcs.h lib/template/funcs_builtin.c lib/template/funcs_confd.c \
	lib/template/funcs_confd.h lib/template/funcs_confd_doc.c lib/template/funcs_confd_number.c \
	lib/template/funcs_confd_text.c lib/template/funcs_confd_world.c lib/template/funcs_dict.c \
	lib/template/funcs_encode.c lib/template/funcs_helm.c lib/template/funcs_list.c lib/template/funcs_math.c \
	lib/template/funcs_crypto.c lib/template/funcs_date.c lib/template/funcs_net.c lib/template/funcs_path.c \
	lib/template/funcs_regex.c lib/template/funcs_semver.c lib/template/methods.c lib/template/methods.h \
	lib/template/methods_time.c lib/template/outmap.c lib/template/outmap.h \
	lib/template/funcs_sprig.c lib/template/funcs_sprig.h lib/template/funcs_string.c \
	lib/template/funcs_type.c lib/template/confd_kv.c lib/template/confd_kv.h \
	lib/template/lex.c lib/template/lex.h lib/template/parse.c lib/template/parse.h \
	lib/template/parse_number.c lib/template/parse_pipe.c lib/template/parser.c lib/template/parser.h \
	lib/template/render.c lib/template/seen.c lib/template/seen.h \
	lib/template/set.c lib/template/set.h \
	lib/template/trace.c lib/template/trace.h lib/template/watch.c
library_sources += $(template_sources)

cluster_sources = \
	lib/cluster/job.c lib/cluster/job.h lib/cluster/metadata.c lib/cluster/metadata.h lib/cluster/record.c \
	lib/cluster/record.h lib/cluster/spec.c lib/cluster/spec.h lib/cluster/status.c lib/cluster/status.h
library_sources += $(cluster_sources)

wire_sources = lib/wire/kv.c lib/wire/kv.h lib/wire/pki.c lib/wire/pki.h lib/wire/pki_priv.h \
	lib/wire/pki_verify.c lib/wire/release.c lib/wire/release.h lib/wire/wire.c lib/wire/wire.h
library_sources += $(wire_sources)

net_sources = lib/net/answer.c lib/net/http.c lib/net/http.h
library_sources += $(net_sources)

provider_sources = \
	lib/provider/docker/address.c lib/provider/docker/check.c lib/provider/docker/container.c \
	lib/provider/docker/docker.c lib/provider/docker/docker.h lib/provider/docker/engine.c \
	lib/provider/docker/image.c lib/provider/docker/instance.c lib/provider/docker/logs.c \
	lib/provider/docker/logs.h lib/provider/docker/lost.c lib/provider/docker/network.c \
	lib/provider/docker/volume.c lib/provider/provider.c lib/provider/provider.h lib/provider/runtime.c \
	lib/provider/runtime.h
library_sources += $(provider_sources)

store_sources = \
	lib/store/export.c lib/store/mem.c lib/store/seal.c lib/store/seal.h lib/store/sqlite.c lib/store/sqlite.h \
	lib/store/store.c lib/store/store.h
library_sources += $(store_sources)

plan_sources = \
	lib/plan/action.c lib/plan/action.h lib/plan/op.c lib/plan/op.h lib/plan/plan.c lib/plan/plan.h \
	lib/plan/show.c lib/plan/vm_create.c lib/plan/vm_delete.c lib/plan/vm_layers.c lib/plan/vm_layers.h \
	lib/plan/vm_power.c lib/plan/vm_agent.c lib/plan/saved.c
library_sources += $(plan_sources)

pilot_sources = lib/pilot/pilot.c lib/pilot/pilot.h lib/pilot/vpc.c lib/pilot/vpc.h
library_sources += $(pilot_sources)

package_sources = \
	lib/tables.c lib/text/pattern.c lib/text/pattern.h lib/package/answers.c lib/package/archive.c \
	lib/package/archive.h lib/package/build.c lib/package/conf.c lib/package/conf.h lib/package/conf_action.c \
	lib/package/conf_check.c lib/package/conf_model.c lib/package/conf_model.h lib/package/conf_scan.c \
	lib/package/conf_scan.h lib/package/config.c lib/package/config.h lib/package/config_check.c \
	lib/package/create.c lib/package/deflate.h lib/package/files.c lib/package/gunzip.c lib/package/gunzip.h lib/package/kind.c \
	lib/package/kind.h lib/package/lint.c lib/package/locale.c lib/package/locale.h lib/package/meta.c \
	lib/package/package.c lib/package/package.h lib/package/tar.h lib/package/tar_check.c \
	lib/package/tar_plain.c lib/package/tar_write.c lib/package/vm.c lib/package/vm.h lib/package/zip_check.c
library_sources += $(package_sources)

chart_sources = \
	lib/chart/blame.c lib/chart/caps.c lib/chart/caps.h lib/chart/chart.c lib/chart/chart.h lib/chart/crds.c lib/chart/crds.h \
	lib/chart/create.c lib/chart/create.h lib/chart/deprecated.c lib/chart/deps.c lib/chart/documents.c \
	lib/chart/env.c lib/chart/env.h lib/chart/explain.c lib/chart/explain.h lib/chart/fileglob.c lib/chart/files.c lib/chart/files.h lib/chart/hooks.c \
	lib/chart/known.c lib/chart/known.h lib/chart/known_templates.c lib/chart/strict.c \
	lib/chart/kind.c lib/chart/lint.c lib/chart/lint.h lib/chart/lint_address.c lib/chart/lint_document.c \
	lib/chart/lint_reader.c lib/chart/lint_templates.c lib/chart/later.c lib/chart/load.c lib/chart/manifest.c \
	lib/chart/manifest.h lib/chart/order.c lib/chart/origin.c \
	lib/chart/print.c lib/chart/read.c lib/chart/render.c lib/chart/render.h lib/chart/save.c lib/chart/schemas.c lib/chart/show.c \
	lib/chart/sources.c lib/chart/starter.c lib/chart/templates.c lib/chart/unparsed.c lib/chart/values.c lib/chart/version.c lib/chart/yaml.c
library_sources += $(chart_sources)

repo_sources = \
	lib/chart/lock.c lib/chart/lock.h lib/repo/cache.c lib/repo/cache.h lib/repo/chart.c lib/repo/dependency.c lib/repo/dependency.h \
	lib/repo/dependency_get.c lib/repo/dependency_list.c lib/repo/dependency_resolve.c lib/repo/fetch.c \
	lib/repo/fetch.h lib/repo/index.c lib/repo/index.h lib/repo/place.c lib/repo/place.h lib/repo/repo.c \
	lib/repo/repo.h lib/repo/resolve.c lib/repo/transport.c lib/repo/transport.h lib/repo/transport_file.c \
	lib/repo/transport_http.c lib/text/url_resolve.c lib/text/url_resolve.h
library_sources += $(repo_sources)

engine_sources = \
	lib/engine/dag.c lib/engine/dag.h lib/engine/engine.c lib/engine/engine.h lib/engine/event.c \
	lib/engine/event.h lib/engine/exec_agent.c lib/engine/exec_local.c lib/engine/exec_provider.c \
	lib/engine/machine.c lib/engine/machine.h lib/engine/record.c lib/engine/task.c lib/engine/task.h \
	lib/engine/vpc.c lib/engine/vpc.h
library_sources += $(engine_sources)

front_sources = \
	lib/front/agents.c lib/front/clusters.c lib/front/deploy.c lib/front/doctor.c lib/front/front.c \
	lib/front/front.h lib/front/jobs.c lib/front/operate.c lib/front/upgrade.c lib/front/rebuild.c \
	lib/front/secrets.c lib/front/secrets.h lib/front/saved.c lib/front/saved.h lib/front/links.c \
	lib/front/links.h lib/front/logs.c
library_sources += $(front_sources)

# The module `certs`. What it knows of ASN.1 is generated.
certs_sources = \
	lib/base/certs.h lib/base/certs_asn1.c lib/base/certs_filter.c lib/base/certs_module.c lib/base/certs_prime.c \
	lib/base/certs_priv.h lib/base/certs_rsa.c
certs_generated = lib/base/certs_definitions.c
lib/base/certs_definitions.c: lib/base/certs.asn
	$(AM_V_GEN)$(MKDIR_P) lib/base && $(ASN1PARSER) -o $@.tmp -n ptxi_certs_definitions $(srcdir)/lib/base/certs.asn && \
		mv $@.tmp $@
EXTRA_DIST += lib/base/certs.asn
CLEANFILES += $(certs_generated)

# Everything, once, for the shared library and for the tests, which see internal functions too.
noinst_LTLIBRARIES += libpitrix_core.la
# OpenSSL is behind a module there, as what it is called by.
libpitrix_core_la_SOURCES = lib/modules_shared.c lib/base/openssl_stubs.c lib/base/openssl.h lib/base/openssl_rows.h \
	$(library_sources)
library_cflags = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(YAML_CFLAGS) $(CRYPTO_CFLAGS) $(MD_CFLAGS) $(ZLIB_CFLAGS) $(ISAL_CFLAGS)
libpitrix_core_la_CFLAGS = $(library_cflags) $(PTX_LTO_FLAGS)
libpitrix_core_la_LIBADD = $(JANSSON_LIBS) $(YAML_LIBS) $(MD_LIBS) $(ISAL_LIBS)

lib_LTLIBRARIES += libpitrix.la
libpitrix_la_SOURCES =
libpitrix_la_LIBADD = libpitrix_core.la
libpitrix_la_LDFLAGS = $(AM_LDFLAGS) $(PTX_LTO_FLAGS) -no-undefined -version-info $(PTX_LT_VERSION) \
	-Wl,--version-script=$(top_srcdir)/lib/libpitrix.map
EXTRA_libpitrix_la_DEPENDENCIES = lib/libpitrix.map
EXTRA_DIST += lib/libpitrix.map

if STATIC_LIBRARY
lib_LIBRARIES += libpitrix.a
# The modules are part of it: whoever links it links their libraries too (pkg-config --static).
libpitrix_a_SOURCES = lib/modules_static.c $(library_sources) \
	$(certs_sources) lib/net/curl.c lib/package/archive_libarchive.c lib/package/deflate_zlib.c lib/store/sqlite_module.c lib/text/pattern_pcre2.c \
	lib/text/regex_re2.cc lib/text/regex_module.h
libpitrix_a_CFLAGS = $(library_cflags) $(SSL_CFLAGS) $(CURL_CFLAGS) $(ARCHIVE_CFLAGS) \
	$(SQLITE_CFLAGS) $(PCRE2_CFLAGS) $(GMP_CFLAGS) $(TASN1_CFLAGS)
nodist_libpitrix_a_SOURCES = $(certs_generated)
libpitrix_a_CXXFLAGS = $(AM_CXXFLAGS) $(RE2_CFLAGS)
endif

# Modules: what wraps a heavy library. They use no symbol of ours.
pkglib_LTLIBRARIES += pitrix-openssl.la
pitrix_openssl_la_SOURCES = lib/base/openssl_module.c lib/base/openssl.h lib/base/openssl_rows.h
pitrix_openssl_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
pitrix_openssl_la_LIBADD = $(CRYPTO_LIBS)
pitrix_openssl_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared

pkglib_LTLIBRARIES += pitrix-certs.la
pitrix_certs_la_SOURCES = $(certs_sources)
nodist_pitrix_certs_la_SOURCES = $(certs_generated)
pitrix_certs_la_CFLAGS = $(AM_CFLAGS) $(GMP_CFLAGS) $(TASN1_CFLAGS)
pitrix_certs_la_LIBADD = $(GMP_LIBS) $(TASN1_LIBS)
pitrix_certs_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared

pkglib_LTLIBRARIES += pitrix-curl.la
pitrix_curl_la_SOURCES = lib/net/curl.c
pitrix_curl_la_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(SSL_CFLAGS) $(CRYPTO_CFLAGS)
pitrix_curl_la_LIBADD = $(CURL_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS)
pitrix_curl_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared

pkglib_LTLIBRARIES += pitrix-sqlite.la
pitrix_sqlite_la_SOURCES = lib/store/sqlite_module.c
pitrix_sqlite_la_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
pitrix_sqlite_la_LIBADD = $(SQLITE_LIBS)
pitrix_sqlite_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared

pkglib_LTLIBRARIES += pitrix-regex.la
pitrix_regex_la_SOURCES = lib/text/regex_re2.cc lib/text/regex_module.h
pitrix_regex_la_CXXFLAGS = $(AM_CXXFLAGS) $(RE2_CFLAGS)
pitrix_regex_la_LIBADD = $(RE2_LIBS)
pitrix_regex_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared

pkglib_LTLIBRARIES += pitrix-archive.la pitrix-pattern.la
pitrix_archive_la_SOURCES = lib/package/archive_libarchive.c
pitrix_archive_la_CFLAGS = $(AM_CFLAGS) $(ARCHIVE_CFLAGS)
pitrix_archive_la_LIBADD = $(ARCHIVE_LIBS)
pitrix_archive_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared
pitrix_pattern_la_SOURCES = lib/text/pattern_pcre2.c
pitrix_pattern_la_CFLAGS = $(AM_CFLAGS) $(PCRE2_CFLAGS)
pitrix_pattern_la_LIBADD = $(PCRE2_LIBS)
pitrix_pattern_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared

pkglib_LTLIBRARIES += pitrix-deflate.la
pitrix_deflate_la_SOURCES = lib/package/deflate_zlib.c lib/package/deflate.h
pitrix_deflate_la_CFLAGS = $(AM_CFLAGS) $(ZLIB_CFLAGS)
pitrix_deflate_la_LIBADD = $(ZLIB_LIBS)
pitrix_deflate_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared

# The agent: one static program of the lower rooms, evnet and agent; what it does not use is not linked.
evnet_sources = \
	lib/evnet/client.c lib/evnet/client.h lib/evnet/http1.c lib/evnet/http1.h lib/evnet/server.c lib/evnet/server.h \
	lib/evnet/tls.c lib/evnet/tls.h

agent_sources = \
	lib/agent/command.c lib/agent/command.h lib/agent/confd.c lib/agent/confd.h lib/agent/drone.c lib/agent/drone.h \
	lib/agent/drone_identity.c lib/agent/drone_priv.h lib/agent/drone_requests.c lib/agent/health.c \
	lib/agent/health.h lib/agent/journal.c \
	lib/agent/journal.h lib/agent/resource.c lib/agent/resource.h lib/agent/volume.c lib/agent/volume.h \
	lib/agent/etcd.c lib/agent/etcd.h lib/agent/fg_drone.c lib/agent/fg_enrol.c lib/agent/fg_events.c \
	lib/agent/fg_identity.c lib/agent/fg_pilot.c lib/agent/frontgate.c lib/agent/frontgate.h \
	lib/agent/frontgate_priv.h lib/agent/mirror.c lib/agent/mirror.h \
	lib/agent/rights.c lib/agent/rights.h lib/agent/drone_upgrade.c lib/agent/fg_upgrade.c lib/agent/takeover.c \
	lib/agent/takeover.h lib/agent/upgrade.c lib/agent/upgrade.h lib/agent/ssh_key.c lib/agent/ssh_key.h

noinst_LIBRARIES += libpitrix_agent.a
libpitrix_agent_a_SOURCES = $(base_sources) $(value_sources) $(text_sources) $(template_sources) $(wire_sources) \
	$(evnet_sources) $(agent_sources)
libpitrix_agent_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(YAML_CFLAGS) $(CRYPTO_CFLAGS) $(MD_CFLAGS) $(SSL_CFLAGS) $(EVENT_CFLAGS)

pkglibexec_PROGRAMS += pitrix-agent
pitrix_agent_SOURCES = lib/agent/main.c lib/agent/modules.c lib/agent/noname.c lib/text/regex_re2.cc lib/text/regex_module.h
pitrix_agent_CFLAGS = $(libpitrix_agent_a_CFLAGS) $(PTX_UNSANITIZED)
pitrix_agent_CXXFLAGS = $(AM_CXXFLAGS) $(RE2_CFLAGS) $(PTX_UNSANITIZED)
pitrix_agent_LDADD = $(agent_library) -levent_openssl -levent_core -lssl -lcrypto -lcrypt -lmd -ljansson -lyaml -lre2
pitrix_agent_LDFLAGS = $(AM_LDFLAGS) $(PTX_UNSANITIZED) -all-static -Wl,--wrap=dlopen
# Machines have none of the sanitizers' libraries, and a static program cannot have them: there the agent is built without.
# What it is made of is watched in the tests, which link libpitrix_agent.a.
if SANITIZED
noinst_LIBRARIES += libpitrix_agent_plain.a
libpitrix_agent_plain_a_SOURCES = $(libpitrix_agent_a_SOURCES)
libpitrix_agent_plain_a_CFLAGS = $(libpitrix_agent_a_CFLAGS) $(PTX_UNSANITIZED)
agent_library = libpitrix_agent_plain.a
else
agent_library = libpitrix_agent.a
endif
