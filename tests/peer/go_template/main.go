// SPDX-License-Identifier: Apache-2.0

// What Go makes of the rows on standard input, one JSON document a line, as the same rows with the answer on standard
// output:
//
//	{"t": TEMPLATE}                 -> "r": what Helm's engine renders, or "e": why it does not
//	{"re": PATTERN, "text": TEXT}   -> "r": every match with its groups, or "e"
//
// The argument is the JSON document that templates find as .Values.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

type row struct {
	Template *string `json:"t,omitempty"`
	Pattern  *string `json:"re,omitempty"`
	Text     string  `json:"text,omitempty"`
	Result   any     `json:"r,omitempty"`
	Error    string  `json:"e,omitempty"`
}

func render(text string, data []byte) (result string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("PANIC %v", r)
		}
	}()
	values := map[string]any{}
	if err := json.Unmarshal(data, &values); err != nil {
		return "", err
	}
	c := &chart.Chart{
		Metadata:  &chart.Metadata{Name: "c", APIVersion: "v2", Version: "1.0.0"},
		Templates: []*chart.File{{Name: "templates/t", Data: []byte(text)}},
	}
	files, err := engine.Engine{}.Render(c, chartutil.Values{"Values": values})
	return files["c/templates/t"], err
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for in.Scan() {
		var r row
		var err error
		if err = json.Unmarshal(in.Bytes(), &r); err != nil {
			panic(err)
		}
		if r.Template != nil {
			r.Result, err = render(*r.Template, []byte(os.Args[1]))
		} else {
			var re *regexp.Regexp
			if re, err = regexp.Compile(*r.Pattern); err == nil {
				r.Result = fmt.Sprint(re.FindAllStringSubmatchIndex(r.Text, -1))
			}
		}
		if err != nil {
			r.Result, r.Error = nil, err.Error()
		}
		if err = out.Encode(r); err != nil {
			panic(err)
		}
	}
}
