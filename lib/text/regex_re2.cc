/* SPDX-License-Identifier: Apache-2.0 */
/* regex_re2.cc - the module `regex`: RE2 behind a C table.
 *
 * Go has no limit on the memory of an expression beyond those on repetition; RE2's is raised far enough that what Go
 * compiles compiles here. No exception leaves this file. */
#include <cstdio>
#include <memory>
#include <new>
#include <vector>

#include <re2/re2.h>

extern "C" {
#include "regex_module.h"
}

namespace {

constexpr int64_t kMemory = 256 << 20;

/* RE2's kinds of errors in Go's words. */
const char *go_message(RE2::ErrorCode code)
{
	switch (code) {
	case RE2::ErrorBadEscape:
		return "invalid escape sequence";
	case RE2::ErrorBadCharClass:
		return "invalid character class";
	case RE2::ErrorBadCharRange:
		return "invalid character class range";
	case RE2::ErrorMissingBracket:
		return "missing closing ]";
	case RE2::ErrorMissingParen:
		return "missing closing )";
	case RE2::ErrorUnexpectedParen:
		return "unexpected )";
	case RE2::ErrorTrailingBackslash:
		return "trailing backslash at end of expression";
	case RE2::ErrorRepeatArgument:
		return "missing argument to repetition operator";
	case RE2::ErrorRepeatSize:
		return "invalid repeat count";
	case RE2::ErrorRepeatOp:
		return "invalid nested repetition operator";
	case RE2::ErrorBadPerlOp:
		return "invalid or unsupported Perl syntax";
	case RE2::ErrorBadUTF8:
		return "invalid UTF-8";
	case RE2::ErrorBadNamedCapture:
		return "invalid named capture";
	case RE2::ErrorPatternTooLarge:
		return "expression too large";
	default:
		return "regexp/syntax: internal error";
	}
}

void *compile(const char *pattern, size_t n, char *error, int *code)
{
	try {
		RE2::Options options(RE2::Quiet);
		options.set_max_mem(kMemory);
		auto re = std::make_unique<RE2>(re2::StringPiece(pattern, n), options);
		if (re->ok())
			return re.release();
		*code = re->error_code() == RE2::ErrorPatternTooLarge ? PTX_E_LIMIT : PTX_E_SYNTAX;
		snprintf(error, PTXI_REGEX_ERROR, "%s: `%s`", go_message(re->error_code()), re->error_arg().c_str());
	} catch (const std::bad_alloc &) {
		*code = PTX_E_NOMEM;
		snprintf(error, PTXI_REGEX_ERROR, "out of memory");
	}
	return nullptr;
}

void release(void *re)
{
	delete static_cast<RE2 *>(re);
}

int find(const void *handle, const char *text, size_t n, size_t from, size_t *at, size_t groups)
{
	const RE2 *re = static_cast<const RE2 *>(handle);

	try {
		std::vector<re2::StringPiece> found(groups);
		if (!re->Match(re2::StringPiece(text, n), from, n, RE2::UNANCHORED, found.data(),
			       static_cast<int>(groups)))
			return 0;
		for (size_t i = 0; i < groups; i++) {
			bool set = found[i].data() != nullptr;
			at[2 * i] = set ? static_cast<size_t>(found[i].data() - text) : SIZE_MAX;
			at[2 * i + 1] = set ? at[2 * i] + found[i].size() : SIZE_MAX;
		}
		return 1;
	} catch (const std::bad_alloc &) {
		return -1;
	}
}

size_t group_count(const void *re)
{
	return static_cast<size_t>(static_cast<const RE2 *>(re)->NumberOfCapturingGroups());
}

bool names(const void *re, void (*fn)(size_t group, const char *name, size_t n, void *user), void *user)
{
	try {
		for (const auto &pair : static_cast<const RE2 *>(re)->CapturingGroupNames())
			fn(static_cast<size_t>(pair.first), pair.second.data(), pair.second.size(), user);
		return true;
	} catch (const std::bad_alloc &) {
		return false;
	}
}

const struct ptxi_regex_module table = {
	PTXI_MODULE_ABI, compile, release, find, group_count, names,
};

} /* namespace */

extern "C" __attribute__((visibility("default"))) const void *const ptxi_module_regex = &table;
