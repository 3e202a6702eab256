#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Values against values.schema.json, with what Helm says of them: `template` and `lint` of the rows of json-schema-helm.

Where Helm names several properties, it walks a Go map, so their order is another one each time: a row whose lines are the
same in another order passes.

    schema_helm.py FOLDER COMMAND...      FOLDER: the corpus; COMMAND: what takes Helm's command line   [V=1: differences]
"""
import json
import os
import re
import subprocess
import sys
import tempfile

BASE = {
    'Chart.yaml': 'apiVersion: v2\nname: tiny\nversion: 0.1.0\nicon: https://example.com/i.png\n',
    'values.yaml': '{}\n',
    'templates/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: tiny\n',
}


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf8', newline='') as f:
        f.write(text)


def lay_out(folder, corpus, row):
    files = dict(BASE)
    if 'files' in row:
        del files['values.yaml']
        files.update(row['files'])
    if 'schema' in row:
        with open(os.path.join(corpus, 'schemas', row['schema']), encoding='utf8', newline='') as f:
            files['values.schema.json'] = f.read()
    if 'schema_text' in row:
        files['values.schema.json'] = row['schema_text']
    for name, text in files.items():
        write(os.path.join(folder, 'chart', name), text)
    write(os.path.join(folder, 'values.yaml'), row['values'])


def settle(text, folder, unordered):
    text = text.replace(folder, '@DIR@')
    if not unordered:
        return text
    text = text.replace('[ERROR] values.yaml: ', '[ERROR] values.yaml: \n')

    def names(m):
        return 'additional properties ' + ', '.join(sorted(re.findall(r"'(?:[^'\\]|\\.)*'", m.group(1)))) + ' not allowed'
    return sorted(re.sub(r'additional properties (.*) not allowed', names, text).split('\n'))


def run(command, folder):
    p = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                       env=dict(os.environ, TZ='UTC', LC_ALL='C.UTF-8', KUBECONFIG='/dev/null'))
    return p.returncode, p.stdout.decode('utf8', 'replace'), p.stderr.decode('utf8', 'replace')


def judge(corpus, command, row):
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        lay_out(folder, corpus, row)
        tail = ['chart', '-f', 'values.yaml'] + row.get('args', [])
        unordered = row.get('unordered', False)
        wrong = []
        for what, words in (('template', ['template', 'demo']), ('lint', ['lint'])):
            status, out, err = run(command + words + tail, folder)
            want = row[what]
            got = {'exit': status, 'stdout': out, 'stderr': err}
            for key in want:
                w, g = want[key], got[key]
                if key != 'exit':
                    w, g = settle(w, '@DIR@', unordered), settle(g, folder, unordered)
                if w != g and key != 'exit':
                    w, g = settle(want[key], '@DIR@', True), settle(got[key], folder, True)
                if w != g:
                    wrong.append((what + ' ' + key, w, g))
        return wrong


def main():
    corpus, command = sys.argv[1], sys.argv[2:]
    path = os.path.join(corpus, 'cases.jsonl')
    if not os.path.exists(path):
        return 77
    passed = failed = 0
    with open(path, encoding='utf8') as f:
        for line in f:
            row = json.loads(line)
            wrong = judge(corpus, command, row)
            passed += not wrong
            failed += bool(wrong)
            for what, want, got in wrong:
                print('FAIL json-schema-helm %s: %s' % (row['id'], what))
                if os.environ.get('V', '0') >= '1':
                    print('--- want\n%s\n--- got\n%s\n---' % (want, got))
    print('json-schema-helm: %d passed, %d failed' % (passed, failed))
    return 1 if failed else 0


sys.exit(main())
