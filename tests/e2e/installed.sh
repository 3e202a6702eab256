# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# installed.sh - for tests of programs of somebody else's: sourced behind tree.sh, with $work, a folder.
#
#   installed_tree           installs the built tree below $work/root; $installed is its prefix there
#   installed_program NAME   builds examples/embed/NAME.c by pkg-config against that, as $work/NAME
#   installed_use            environment of what was installed, nothing of the build tree

installed_tree() {
	local prefix
	MAKEFLAGS='' make -C "$tree_build" install DESTDIR="$work/root" >"$work/log" 2>&1 || { tail "$work/log"; exit 1; }
	prefix=$(sed -n 's/^prefix=//p' "$tree_build/libpitrix.pc")
	installed=$work/root$prefix
	PKG_CONFIG_PATH=$installed/lib/pkgconfig
	PKG_CONFIG_SYSROOT_DIR=$work/root
	export installed PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
}

installed_program() {
	local sanitizers=
	! ldd "$installed/lib/libpitrix.so" | grep -q libasan || sanitizers=-fsanitize=address,undefined
	# shellcheck disable=SC2046,SC2086
	${CC:-cc} $sanitizers -o "$work/$1" "$tree_source/examples/embed/$1.c" $(pkg-config --cflags --libs libpitrix) ||
		{ echo "not ok - it does not build"; echo "0 passed, 1 failed"; exit 1; }
}

installed_use() {
	unset PITRIX_BUILD
	LD_LIBRARY_PATH=$installed/lib
	PITRIX_MODULES=$installed/lib/pitrix
	PITRIX_IMAGES=$installed/share/pitrix/images
	PITRIX_AGENT=$installed/libexec/pitrix/pitrix-agent
	XDG_CONFIG_HOME=/nonexistent
	export LD_LIBRARY_PATH PITRIX_MODULES PITRIX_IMAGES PITRIX_AGENT XDG_CONFIG_HOME
}
