#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# torture.sh - torture.c over packages and charts of the tree, and a repository that is a folder.
here=$(dirname "$(readlink -f "$0")")
source=$(readlink -f "${PITRIX_SOURCE:-$here/../..}")
build=$(readlink -f "${PITRIX_BUILD:-.}")
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
shop=$source/tests/data/chart/shop/chart

# The charts below shop are in the repository `here`, whose digests are told; `app` wants two of them, and a third as a folder.
PITRIX=$build/.libs/pitrix
[ -x "$PITRIX" ] || PITRIX=$build/pitrix
mkdir -p "$work/www" "$work/config/helm" "$work/app"
printf 'repositories:\n- {name: here, url: "file://%s/www"}\n' "$work" >"$work/config/helm/repositories.yaml"
printf 'apiVersion: v1\nentries:\n' >"$work/www/index.yaml"
unset HELM_REPOSITORY_CONFIG HELM_REPOSITORY_CACHE HELM_CONFIG_HOME HELM_CACHE_HOME
export HOME="$work" XDG_CONFIG_HOME="$work/config" XDG_CACHE_HOME="$work/cache"
for chart in store-1.4.2 cache-0.2.0; do
	LD_LIBRARY_PATH=$build/.libs "$PITRIX" helm package "$shop/charts/${chart%-*}" -d "$work/www" >/dev/null || exit 99
	printf '  %s:\n  - {apiVersion: v2, name: %s, version: %s, urls: [%s.tgz], digest: "%s"}\n' "${chart%-*}" "${chart%-*}" \
		"${chart##*-}" "$chart" "$(sha256sum <"$work/www/$chart.tgz" | cut -d' ' -f1)" >>"$work/www/index.yaml"
done
printf 'apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n' >"$work/app/Chart.yaml"
printf -- '- {name: %s, version: "%s", repository: "%s"}\n' store ^1.2 @here cache '>=0.1' @here kit 1.x "file://$shop/charts/kit" >>"$work/app/Chart.yaml"

# An archive with large contents that a template asks for.
mkdir -p "$work/lean/templates" "$work/lean/crds"
printf 'apiVersion: v2\nname: lean\nversion: 1.0.0\n' >"$work/lean/Chart.yaml"
printf 'a: {{ .Files.Get "big.txt" | sha256sum }}\nb: {{ regexFind "l[a-e]+" .Chart.Name }}\n' >"$work/lean/templates/t.yaml"
yes "a: large one" | head -n 4000 >"$work/lean/big.txt"
cp "$work/lean/big.txt" "$work/lean/crds/c.yaml"
# What does not pack well, so that the archive is put away.
awk 'BEGIN { srand(1); for (i = 0; i < 200000; i++) printf "%c", 33 + int(rand() * 90) }' >"$work/lean/worst.txt"
LD_LIBRARY_PATH=$build/.libs "$PITRIX" helm package "$work/lean" -d "$work" >/dev/null || exit 99

# Certificates of one key, which the first chart makes for the second.
mkdir -p "$work/key/templates" "$work/certs/templates"
printf 'apiVersion: v2\nname: key\nversion: 1.0.0\n' | tee "$work/key/Chart.yaml" >"$work/certs/Chart.yaml"
printf '{{ dict "key" (genCA "x" 1).Key | toYaml }}\n' >"$work/key/templates/t.yaml"
LD_LIBRARY_PATH=$build/.libs "$PITRIX" helm template "$work/key" >"$work/certs/values.yaml" || exit 99
cat >"$work/certs/templates/t.yaml" <<'END'
{{- $ca := genCAWithKey "ca" 9 .Values.key }}
{{- $cert := genSignedCertWithKey "x" (list "10.0.0.1") (list "x.example") 9 $ca .Values.key }}
{{- $same := buildCustomCert ($cert.Cert | b64enc) ($cert.Key | b64enc) }}
same: {{ and (eq $same.Key .Values.key) (eq $same.Cert $cert.Cert) (contains "BEGIN CERTIFICATE" $ca.Cert) }}
END

"$build/tests/torture/torture" package "$source/examples/zookeeper" package "$source/tests/e2e/packages/service" \
	chart "$shop" chart "$source/tests/data/chart/functions/chart" lean "$work/lean-1.0.0.tgz" lean "$work/certs" app "$work/app" name here/store
