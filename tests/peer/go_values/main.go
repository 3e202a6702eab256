// SPDX-License-Identifier: Apache-2.0

// What Helm reads of the rows on standard input, one JSON document a line, as the same rows with the answer on standard
// output:
//
//	{"yaml": TEXT}               -> "r": the values of that file as JSON; "again": as toYaml writes them, "pretty" and "toml":
//	                                as toYamlPretty and toToml do
//	{"set": LINE, "kind": KIND}  -> "r": the values that --KIND=LINE makes, as JSON
//
// or "e": why it does not.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/BurntSushi/toml"
	"helm.sh/helm/v3/pkg/strvals"
	"sigs.k8s.io/yaml"
	v3 "sigs.k8s.io/yaml/goyaml.v3"
)

type row struct {
	YAML   *string `json:"yaml,omitempty"`
	Set    *string `json:"set,omitempty"`
	Kind   string  `json:"kind,omitempty"`
	JSON   string  `json:"r,omitempty"`
	Again  string  `json:"again,omitempty"`
	Pretty string  `json:"pretty,omitempty"`
	TOML   string  `json:"toml,omitempty"`
	Error  string  `json:"e,omitempty"`
}

func set(r *row, values map[string]interface{}) error {
	switch r.Kind {
	case "set-string":
		return strvals.ParseIntoString(*r.Set, values)
	case "set-json":
		return strvals.ParseJSON(*r.Set, values)
	case "set-literal":
		return strvals.ParseLiteralInto(*r.Set, values)
	default:
		return strvals.ParseInto(*r.Set, values)
	}
}

func pretty(values map[string]interface{}) string {
	var out bytes.Buffer
	encoder := v3.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(values); err != nil {
		return ""
	}
	return out.String()
}

func inTOML(values map[string]interface{}) string {
	var out bytes.Buffer
	if err := toml.NewEncoder(&out).Encode(values); err != nil {
		return err.Error()
	}
	return out.String()
}

func answer(r *row) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("PANIC %v", p)
		}
	}()
	values := map[string]interface{}{}
	if r.YAML != nil {
		err = yaml.Unmarshal([]byte(*r.YAML), &values)
	} else {
		err = set(r, values)
	}
	if err != nil {
		return err
	}
	text, err := json.Marshal(values)
	r.JSON = string(text)
	if err == nil && r.YAML != nil {
		text, err = yaml.Marshal(values)
		r.Again = string(text)
		r.Pretty, r.TOML = pretty(values), inTOML(values)
	}
	return err
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for in.Scan() {
		var r row
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			panic(err)
		}
		if err := answer(&r); err != nil {
			r.JSON, r.Again, r.Pretty, r.TOML, r.Error = "", "", "", "", err.Error()
		}
		if err := out.Encode(r); err != nil {
			panic(err)
		}
	}
}
