#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Serves a folder as a repository of charts, and misbehaves where the path says so.

    repo-server.py FOLDER PORT-FILE LOG [PEM]      PEM: certificate and key, for TLS

    /x                the file x of FOLDER
    /auth/x           the same for user:secret alone
    /status/404/x     that status          /slow/x   the first half, then nothing
    /to-file/x        redirects to file:///etc/passwd
    /to/N/x           redirects N times, then x
    /nope/x           nothing
    /huge/x           an index that never ends
    /spoiled/x        index.yaml as it is, of anything else one byte changed
LOG gets a line for each request: the path, "authorized" when it had credentials, "known" when it had the certificate PEM.
"""
import base64, http.server, os, ssl, sys, time

folder, port_file, log = sys.argv[1:4]
pem = sys.argv[4] if len(sys.argv) > 4 else None
SECRET = 'Basic ' + base64.b64encode(b'user:secret').decode()


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def send(self, status, body=b'', headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def file(self, name):
        path = os.path.join(folder, name)
        if not os.path.isfile(path):
            return None
        with open(path, 'rb') as f:
            return f.read().replace(b'@ADDR@', self.headers['Host'].encode())

    def slow(self, body):
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body[:len(body) // 2])
        self.wfile.flush()
        time.sleep(60)

    def huge(self):
        self.send_response(200)
        self.end_headers()
        line = b'  # ' + b'x' * 65000 + b'\n'
        try:
            while True:
                self.wfile.write(line)
        except OSError:
            pass

    def do_GET(self):
        with open(log, 'a') as f:
            known = pem and self.connection.getpeercert()
            f.write(self.path + (' authorized' if self.headers.get('Authorization') else '') + (' known' if known else '') + '\n')
        words = self.path.lstrip('/').split('/')
        if words[0] == 'auth':
            if self.headers.get('Authorization') != SECRET:
                return self.send(401)
            words = words[1:]
        if words[0] == 'status':
            return self.send(int(words[1]))
        if words[0] == 'to-file':
            return self.send(302, headers=[('Location', 'file:///etc/passwd')])
        if words[0] == 'to':
            n = int(words[1])
            rest = '/'.join(words[2:])
            return self.send(302, headers=[('Location', '/to/%d/%s' % (n - 1, rest) if n > 1 else '/' + rest)])
        if words[0] == 'huge':
            return self.huge()
        body = None if words[0] == 'nope' else self.file(words[-1])
        if body is None:
            return self.send(404)
        if words[-1] != 'index.yaml' and words[0] == 'slow':
            return self.slow(body)
        if words[-1] != 'index.yaml' and words[0] == 'spoiled':
            body = body[:-1] + bytes([body[-1] ^ 1])
        self.send(200, body)


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
server.daemon_threads = True
if pem:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem)
    tls.load_verify_locations(pem)
    tls.verify_mode = ssl.CERT_OPTIONAL
    server.socket = tls.wrap_socket(server.socket, server_side=True)
with open(port_file + '.new', 'w') as f:
    f.write(str(server.server_address[1]))
os.rename(port_file + '.new', port_file)
server.serve_forever()
