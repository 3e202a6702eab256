# SPDX-License-Identifier: Apache-2.0
# Unit tests: one suite a file of lib/, all in one program (tests/unit/runner.c lists them).

if HAVE_CHECK
unit_sources = \
	tests/unit/runner.c tests/unit/suites.h tests/unit/sample.c tests/unit/sample.h \
	tests/unit/test_base_alloc.c \
	tests/unit/test_base_arena.c \
	tests/unit/test_base_buf.c \
	tests/unit/test_base_ctx.c \
	tests/unit/test_base_diag.c \
	tests/unit/test_base_digest.c \
	tests/unit/test_base_encode.c \
	tests/unit/test_base_error.c \
	tests/unit/test_base_fs.c \
	tests/unit/test_base_glob.c \
	tests/unit/test_base_log.c \
	tests/unit/test_base_lookup.c \
	tests/unit/test_base_map.c \
	tests/unit/test_base_module.c \
	tests/unit/test_base_opts.c \
	tests/unit/test_base_path.c \
	tests/unit/test_base_pool.c \
	tests/unit/test_base_proc.c \
	tests/unit/test_base_rand.c \
	tests/unit/test_base_str.c \
	tests/unit/test_base_time.c \
	tests/unit/test_base_utf8.c \
	tests/unit/test_base_vec.c \
	tests/unit/test_chart_golden.c \
	tests/unit/test_chart_messages.c tests/unit/test_chart_unparsed.c \
	tests/unit/test_cluster_record.c \
	tests/unit/test_cluster_spec.c \
	tests/unit/test_engine_engine.c \
	tests/unit/test_net_http.c \
	tests/unit/test_net_tls.c \
	tests/unit/test_package_archive.c \
	tests/unit/test_package_tar_plain.c \
	tests/unit/test_package_build.c \
	tests/unit/test_package_conf.c \
	tests/unit/test_package_conf_check.c \
	tests/unit/test_package_config.c \
	tests/unit/test_package_golden.c \
	tests/unit/test_package_meta.c \
	tests/unit/test_plan_vm.c \
	tests/unit/test_provider_docker.c \
	tests/unit/test_provider_runtime.c \
	tests/unit/test_schema_schema.c \
	tests/unit/test_store_store.c \
	tests/unit/test_template_confd_kv.c \
	tests/unit/test_template_exec.c \
	tests/unit/test_template_funcs_confd.c \
	tests/unit/test_template_funcs_sprig.c \
	tests/unit/test_template_render.c \
	tests/unit/test_template_trace.c \
	tests/unit/test_text_semver.c \
	tests/unit/test_text_url.c \
	tests/unit/test_text_words.c \
	tests/unit/test_text_gotime.c \
	tests/unit/test_text_gojson.c \
	tests/unit/test_text_gostruct.c \
	tests/unit/test_text_goyaml.c \
	tests/unit/test_text_gostrvals.c \
	tests/unit/test_base_zone.c \
	tests/unit/test_base_decimal.c \
	tests/unit/test_base_certs.c $(certs_sources) \
	tests/unit/test_base_crypto.c \
	tests/unit/test_value_toml_write.c \
	tests/unit/test_text_gofmt.c \
	tests/unit/test_text_gonum.c \
	tests/unit/test_text_goquote.c \
	tests/unit/test_text_jsonpath.c \
	tests/unit/test_text_pattern.c \
	tests/unit/test_text_regex.c tests/unit/test_text_regex_everyday.c \
	tests/unit/test_text_url_resolve.c \
	tests/unit/test_chart_later.c tests/unit/test_chart_lock.c \
	tests/unit/test_repo_chart.c \
	tests/unit/test_repo_fetch.c \
	tests/unit/test_repo_index.c \
	tests/unit/test_value_codec.c \
	tests/unit/test_value_compare.c \
	tests/unit/test_value_diff.c \
	tests/unit/test_value_json_read.c \
	tests/unit/test_value_json_write.c \
	tests/unit/test_value_merge.c \
	tests/unit/test_value_path.c \
	tests/unit/test_value_strvals.c \
	tests/unit/test_value_toml_read.c \
	tests/unit/test_value_value.c \
	tests/unit/test_value_yaml_excerpt.c \
	tests/unit/test_value_yaml_read.c \
	tests/unit/test_value_yaml_resolve.c \
	tests/unit/test_value_yaml_write.c \
	tests/unit/test_wire_kv.c \
	tests/unit/test_wire_pki.c \
	tests/unit/test_wire_release.c \
	tests/unit/test_wire_wire.c

check_PROGRAMS += tests/unit/unit
tests_unit_unit_SOURCES = $(unit_sources)
tests_unit_unit_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib -I$(top_srcdir)
nodist_tests_unit_unit_SOURCES = $(certs_generated)
tests_unit_unit_CFLAGS = $(library_cflags) $(CHECK_CFLAGS) $(GMP_CFLAGS) $(TASN1_CFLAGS)
tests_unit_unit_LDADD = libpitrix_core.la $(ZLIB_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) $(GMP_LIBS) $(TASN1_LIBS) $(CHECK_LIBS)
TESTS += tests/unit/unit

# Two modules for the tests of the loader: one that fits and one of another build.
check_LTLIBRARIES += pitrix-testgood.la pitrix-testold.la
pitrix_testgood_la_SOURCES = tests/unit/module_good.c
pitrix_testgood_la_CPPFLAGS = $(tests_unit_unit_CPPFLAGS)
pitrix_testgood_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -rpath $(abs_builddir)
pitrix_testold_la_SOURCES = tests/unit/module_old.c
pitrix_testold_la_CPPFLAGS = $(tests_unit_unit_CPPFLAGS)
pitrix_testold_la_LDFLAGS = $(pitrix_testgood_la_LDFLAGS)
endif

# GCC 12's leak checker now and then falls over the thread-local storage of modules: it is not searched for pointers.
AM_TESTS_ENVIRONMENT = \
	LSAN_OPTIONS=$${LSAN_OPTIONS:-use_tls=0:print_suppressions=0}; export LSAN_OPTIONS; \
	PITRIX_SOURCE='$(abs_top_srcdir)'; export PITRIX_SOURCE; \
	PITRIX_BUILD='$(abs_top_builddir)'; export PITRIX_BUILD; \
	PITRIX_MODULES='$(abs_top_builddir)/.libs'; export PITRIX_MODULES; \
	CK_TIMEOUT_MULTIPLIER=$${CK_TIMEOUT_MULTIPLIER:-10}; export CK_TIMEOUT_MULTIPLIER; \
	CORPUS_PROGRAMS='$(corpus_programs)'; export CORPUS_PROGRAMS; \
	CC='$(CC)'; export CC; CXX='$(CXX)'; export CXX;

# The shape of the tree: arrows between the rooms, exported symbols, public headers on their own.
shape_tests = tests/check-layers.sh tests/check-symbols.sh tests/headers/check-headers.sh
dist_check_SCRIPTS += $(shape_tests)
TESTS += $(shape_tests)
EXTRA_DIST += docs/adding-a-provider.md docs/architecture.md docs/formats.md docs/local-engine.md

# A program of the static library: nothing of pitrix's is loaded.
if STATIC_LIBRARY
check_PROGRAMS += tests/static/modules
tests_static_modules_SOURCES = tests/static/modules.c
nodist_EXTRA_tests_static_modules_SOURCES = links-with-the-compiler-of.cc
tests_static_modules_LDADD = libpitrix.a $(ARCHIVE_LIBS) $(ZLIB_LIBS) $(ISAL_LIBS) $(GMP_LIBS) $(TASN1_LIBS) $(CURL_LIBS) $(SQLITE_LIBS) $(PCRE2_LIBS) \
	$(RE2_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS) $(MD_LIBS) $(JANSSON_LIBS) $(YAML_LIBS)
TESTS += tests/static/modules
endif

# Fuzz targets. By default a driver runs their small corpora; with --enable-fuzzers they are libFuzzer's.
fuzz_targets = \
	tests/fuzz/fuzz_json tests/fuzz/fuzz_toml tests/fuzz/fuzz_yaml tests/fuzz/fuzz_yaml_excerpt tests/fuzz/fuzz_strvals tests/fuzz/fuzz_template \
	tests/fuzz/fuzz_semver tests/fuzz/fuzz_printf tests/fuzz/fuzz_regex \
	tests/fuzz/fuzz_config tests/fuzz/fuzz_package_archive tests/fuzz/fuzz_tar tests/fuzz/fuzz_schema \
	tests/fuzz/fuzz_index tests/fuzz/fuzz_lint tests/fuzz/fuzz_certs
check_PROGRAMS += $(fuzz_targets)
fuzz_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/lib -I$(top_srcdir)
fuzz_common = tests/fuzz/fuzz.h
if !FUZZERS
fuzz_common += tests/fuzz/driver.c
endif
fuzz_libs = libpitrix_core.la
fuzz_ldflags = $(AM_LDFLAGS) $(FUZZER_LDFLAGS)
tests_fuzz_fuzz_certs_SOURCES = tests/fuzz/fuzz_certs.c $(certs_sources) $(fuzz_common)
nodist_tests_fuzz_fuzz_certs_SOURCES = $(certs_generated)
tests_fuzz_fuzz_certs_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_certs_CFLAGS = $(AM_CFLAGS) $(GMP_CFLAGS) $(TASN1_CFLAGS)
tests_fuzz_fuzz_certs_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_certs_LDADD = $(fuzz_libs) $(GMP_LIBS) $(TASN1_LIBS)
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(fuzz_common)
tests_fuzz_fuzz_json_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_json_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_json_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_toml_SOURCES = tests/fuzz/fuzz_toml.c $(fuzz_common)
tests_fuzz_fuzz_toml_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_toml_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_toml_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_yaml_SOURCES = tests/fuzz/fuzz_yaml.c $(fuzz_common)
tests_fuzz_fuzz_yaml_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_yaml_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_yaml_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_yaml_excerpt_SOURCES = tests/fuzz/fuzz_yaml_excerpt.c $(fuzz_common)
tests_fuzz_fuzz_yaml_excerpt_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_yaml_excerpt_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_yaml_excerpt_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_strvals_SOURCES = tests/fuzz/fuzz_strvals.c $(fuzz_common)
tests_fuzz_fuzz_strvals_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_strvals_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_strvals_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_template_SOURCES = tests/fuzz/fuzz_template.c $(fuzz_common)
tests_fuzz_fuzz_template_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_template_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_template_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_semver_SOURCES = tests/fuzz/fuzz_semver.c $(fuzz_common)
tests_fuzz_fuzz_semver_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_semver_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_semver_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_printf_SOURCES = tests/fuzz/fuzz_printf.c $(fuzz_common)
tests_fuzz_fuzz_printf_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_printf_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_printf_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_regex_SOURCES = tests/fuzz/fuzz_regex.c $(fuzz_common)
tests_fuzz_fuzz_regex_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_regex_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_regex_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_index_SOURCES = tests/fuzz/fuzz_index.c $(fuzz_common)
tests_fuzz_fuzz_index_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_index_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_index_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_lint_SOURCES = tests/fuzz/fuzz_lint.c $(fuzz_common)
tests_fuzz_fuzz_lint_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_lint_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_lint_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz_config.c $(fuzz_common)
tests_fuzz_fuzz_config_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_config_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_config_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_package_archive_SOURCES = tests/fuzz/fuzz_package_archive.c $(fuzz_common)
tests_fuzz_fuzz_package_archive_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_package_archive_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_package_archive_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_tar_SOURCES = tests/fuzz/fuzz_tar.c $(fuzz_common)
tests_fuzz_fuzz_tar_CPPFLAGS = $(fuzz_cppflags) $(ZLIB_CFLAGS)
tests_fuzz_fuzz_tar_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_tar_LDADD = $(fuzz_libs) $(ZLIB_LIBS)
tests_fuzz_fuzz_schema_SOURCES = tests/fuzz/fuzz_schema.c $(fuzz_common)
tests_fuzz_fuzz_schema_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_schema_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_schema_LDADD = $(fuzz_libs)
dist_check_SCRIPTS += tests/fuzz/run-corpora.sh
TESTS += tests/fuzz/run-corpora.sh
EXTRA_DIST += tests/fuzz/corpus tests/fuzz/driver.c

# What the corpora say of the doors of values; PITRIX_CORPUS is their folder.
check_PROGRAMS += tests/corpus/run_values
tests_corpus_run_values_SOURCES = tests/corpus/run_values.c
tests_corpus_run_values_CPPFLAGS = $(fuzz_cppflags)
tests_corpus_run_values_LDADD = libpitrix_core.la
dist_check_SCRIPTS += tests/corpus/values.sh tests/corpus/charts.sh

# Corpora: what others made of the same input. They are not part of the tree; without them a runner says so.
corpus_programs = \
	tests/corpus/corpus_template tests/corpus/corpus_confd tests/corpus/corpus_openpitrix \
	tests/corpus/corpus_appcenter tests/corpus/corpus_hostile tests/corpus/corpus_toml \
	tests/corpus/corpus_regexp tests/corpus/corpus_semver tests/corpus/corpus_schema
check_PROGRAMS += $(corpus_programs)
corpus_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
corpus_lines = tests/corpus/lines.c tests/corpus/lines.h
tests_corpus_corpus_template_SOURCES = tests/corpus/corpus_template.c $(corpus_lines)
tests_corpus_corpus_template_CPPFLAGS = $(corpus_cppflags)
tests_corpus_corpus_template_LDADD = libpitrix_core.la
tests_corpus_corpus_confd_SOURCES = tests/corpus/corpus_confd.c $(corpus_lines)
tests_corpus_corpus_confd_CPPFLAGS = $(corpus_cppflags)
tests_corpus_corpus_confd_LDADD = libpitrix_core.la
tests_corpus_corpus_openpitrix_SOURCES = tests/corpus/corpus_openpitrix.c $(corpus_lines)
tests_corpus_corpus_openpitrix_CPPFLAGS = $(corpus_cppflags)
tests_corpus_corpus_openpitrix_LDADD = libpitrix_core.la
tests_corpus_corpus_appcenter_SOURCES = tests/corpus/corpus_appcenter.c $(corpus_lines)
tests_corpus_corpus_appcenter_CPPFLAGS = $(corpus_cppflags)
tests_corpus_corpus_appcenter_LDADD = libpitrix_core.la
tests_corpus_corpus_hostile_SOURCES = tests/corpus/corpus_hostile.c $(corpus_lines)
tests_corpus_corpus_hostile_CPPFLAGS = $(corpus_cppflags) $(ZLIB_CFLAGS)
tests_corpus_corpus_hostile_LDADD = libpitrix_core.la $(ZLIB_LIBS)
tests_corpus_corpus_toml_SOURCES = tests/corpus/corpus_toml.c $(corpus_lines)
tests_corpus_corpus_toml_CPPFLAGS = $(corpus_cppflags)
tests_corpus_corpus_toml_LDADD = libpitrix_core.la
tests_corpus_corpus_regexp_SOURCES = tests/corpus/corpus_regexp.c $(corpus_lines)
tests_corpus_corpus_regexp_CPPFLAGS = $(corpus_cppflags)
tests_corpus_corpus_regexp_LDADD = libpitrix_core.la
tests_corpus_corpus_semver_SOURCES = tests/corpus/corpus_semver.c $(corpus_lines)
tests_corpus_corpus_semver_CPPFLAGS = $(corpus_cppflags)
tests_corpus_corpus_semver_LDADD = libpitrix_core.la
tests_corpus_corpus_schema_SOURCES = tests/corpus/corpus_schema.c $(corpus_lines)
tests_corpus_corpus_schema_CPPFLAGS = $(corpus_cppflags)
tests_corpus_corpus_schema_LDADD = libpitrix_core.la
EXTRA_DIST += tests/corpus/schema_helm.py

dist_check_SCRIPTS += tests/corpus/run-all.sh
TESTS += tests/corpus/run-all.sh
.PHONY: check-corpus
check-corpus: $(corpus_programs) tests/corpus/run_values $(pkglib_LTLIBRARIES)
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/corpus/run-all.sh || test $$? = 77

EXTRA_DIST += tests/data

# The driver `docker` against an engine in a sandbox; the same with a proxy that spoils calls.
check_PROGRAMS += tests/e2e/test_docker
tests_e2e_test_docker_SOURCES = tests/e2e/test_docker.c
tests_e2e_test_docker_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_e2e_test_docker_CFLAGS = $(library_cflags)
tests_e2e_test_docker_LDADD = libpitrix_core.la $(JANSSON_LIBS)
e2e_tests = \
	tests/e2e/docker.sh tests/e2e/docker-chaos.sh tests/e2e/service.sh tests/e2e/parallel.sh \
	tests/e2e/trouble.sh tests/e2e/rootless.sh tests/e2e/embed.sh tests/e2e/embed-chart.sh
dist_check_SCRIPTS += $(e2e_tests)
TESTS += $(e2e_tests)
.PHONY: check-chaos
check-chaos: tests/e2e/test_docker pitrix-curl.la
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/e2e/docker-chaos.sh --all
EXTRA_DIST += examples/embed/deploy.c examples/embed/render.c tests/e2e/demo.sh tests/e2e/installed.sh tests/e2e/znode.py
