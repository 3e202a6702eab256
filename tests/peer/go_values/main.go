// SPDX-License-Identifier: Apache-2.0

// What Helm reads of the rows on standard input, one JSON document a line, as the same rows with the answer on standard
// output:
//
//	{"yaml": TEXT}               -> "r": the values of that file as JSON, and as YAML again
//	{"set": LINE, "kind": KIND}  -> "r": the values that --KIND=LINE makes, as JSON
//
// or "e": why it does not.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"helm.sh/helm/v3/pkg/strvals"
	"sigs.k8s.io/yaml"
)

type row struct {
	YAML  *string `json:"yaml,omitempty"`
	Set   *string `json:"set,omitempty"`
	Kind  string  `json:"kind,omitempty"`
	JSON  string  `json:"r,omitempty"`
	Again string  `json:"again,omitempty"`
	Error string  `json:"e,omitempty"`
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
			r.JSON, r.Again, r.Error = "", "", err.Error()
		}
		if err := out.Encode(r); err != nil {
			panic(err)
		}
	}
}
