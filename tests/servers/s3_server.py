#!/usr/bin/env python3
"""An S3-compatible server for tests, in memory. Prints its port; ends when its input is closed.

usage: s3_server.py BUCKET ACCESS_KEY SECRET_KEY

It knows PUT and GET of objects, in the path or the host's style, and checks their signatures by
Amazon's own description of version 4, not by the client's code.

What it is told, without a signature:
  POST /-/fault    the body names what happens to every later request: see FAULTS; "none" ends it
  POST /-/damage   flips a bit of the object whose BUCKET/KEY is the body
"""

import hashlib
import hmac
import os
import re
import sys
import threading
import time
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlsplit

# Answers instead of doing what is asked: (status, code).
REFUSALS = {
    "internal error": (500, "InternalError"),
    "slow down": (503, "SlowDown"),
    "too many": (429, "TooManyRequests"),
    "conflict": (409, "OperationAborted"),
    "not implemented": (501, "NotImplemented"),
    "denied": (403, "AccessDenied"),
    "too large": (400, "EntityTooLarge"),
    "timeout": (400, "RequestTimeout"),
    "elsewhere": (301, "PermanentRedirect"),
    "nameless": (502, None),
}
FAULTS = ("none", "cut upload", "cut answer", "done but cut", "hang", "flip answer", "flip upload",
          "no metadata", "chatter", *REFUSALS)
EMPTY = hashlib.sha256(b"").hexdigest()


class Refusal(Exception):
    def __init__(self, status, code):
        super().__init__(code)
        self.status, self.code = status, code


def canonical_request(method, target, headers, signed, payload):
    """https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html"""
    url = urlsplit(target)
    path = quote(unquote_to_bytes(url.path), safe="/-._~")
    pairs = sorted((quote(name, safe="-._~"), quote(value, safe="-._~"))
                   for name, value in parse_qsl(url.query, keep_blank_values=True))
    lines = [f"{name}:{' '.join(headers[name].split())}\n" for name in signed]
    return "\n".join((method, path, "&".join("=".join(pair) for pair in pairs), "".join(lines),
                      ";".join(signed), payload))


def sign(secret, scope, text):
    key = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


class Store:
    def __init__(self, bucket, access_key, secret_key):
        self.bucket, self.access_key, self.secret_key = bucket, access_key, secret_key
        self.lock = threading.Lock()
        self.objects = {}  # key: (bytes, metadata)
        self.fault = "none"

    def check_signature(self, method, target, headers):
        found = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8}/[^/]+/s3/aws4_request), "
            r"SignedHeaders=([^,]+), Signature=([0-9a-f]{64})", headers.get("authorization", ""))
        if not found:
            raise Refusal(403, "AccessDenied")
        access_key, scope, signed, signature = found.groups()
        if access_key != self.access_key:
            raise Refusal(403, "InvalidAccessKeyId")
        signed = signed.split(";")
        needed = {name for name in headers if name == "host" or name.startswith("x-amz-")}
        if signed != sorted(set(signed)) or not needed <= set(signed) <= set(headers):
            raise Refusal(403, "AccessDenied")
        stamp = headers.get("x-amz-date", "")
        at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        if abs(datetime.now(timezone.utc) - at) > timedelta(minutes=15):
            raise Refusal(403, "RequestTimeTooSkewed")
        payload = headers.get("x-amz-content-sha256")
        if payload is None or not scope.startswith(stamp[:8]):
            raise Refusal(403, "SignatureDoesNotMatch")
        request = canonical_request(method, target, headers, signed, payload)
        text = "\n".join(("AWS4-HMAC-SHA256", stamp, scope,
                          hashlib.sha256(request.encode()).hexdigest()))
        if not hmac.compare_digest(sign(self.secret_key, scope, text), signature):
            raise Refusal(403, "SignatureDoesNotMatch")

    def key_of(self, target, host):
        path = unquote_to_bytes(urlsplit(target).path).decode()
        name = host.split(":")[0].split(".")[0]
        bucket, _, key = (path[1:].partition("/") if name in ("127", "localhost")
                          else (name, "/", path[1:]))
        if bucket != self.bucket:
            raise Refusal(404, "NoSuchBucket")
        return key

    def damage(self, name):
        key = name.removeprefix(self.bucket + "/")
        with self.lock:
            body, metadata = self.objects[key]
            self.objects[key] = (flipped(body), metadata)


def flipped(body):
    return bytes([body[0] ^ 1]) + body[1:] if body else b"?"


class Server(ThreadingHTTPServer):
    request_queue_size = 128  # with the usual 5, eight clients at once wait a second for a SYN


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    store = None

    def log_message(self, *_):
        pass

    def handle(self):
        try:
            super().handle()
        except OSError:
            pass  # the client is gone

    def answer(self, status, body=b"", headers=(), promised=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if promised is None else promised))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, code):
        body = "" if code is None else (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{code}</Code><Message>It is {code}.</Message></Error>")
        self.answer(status, body.encode())

    def cut(self):
        self.close_connection = True

    def body(self):
        return self.rfile.read(int(self.headers.get("content-length", "0")))

    def serve(self, do):
        headers = {name.lower(): value for name, value in self.headers.items()}
        fault = self.store.fault
        if fault == "cut upload":
            self.rfile.read(int(headers.get("content-length", "0")) // 2)
            return self.cut()
        body = self.body()
        if fault == "hang":
            time.sleep(3600)
        if fault == "chatter":
            self.send_response(403)
            self.end_headers()
            while True:
                self.wfile.write(b"<Code>AccessDenied</Code>" * 1000)
        if fault in REFUSALS:
            return self.refuse(*REFUSALS[fault])
        try:
            self.store.check_signature(self.command, self.path, headers)
            return do(self.store.key_of(self.path, headers["host"]), headers, body, fault)
        except Refusal as refusal:
            return self.refuse(refusal.status, refusal.code)

    def do_PUT(self):
        self.serve(self.put)

    def do_GET(self):
        self.serve(self.get)

    def put(self, key, headers, body, fault):
        if fault == "flip upload":
            body = flipped(body)
        if headers["x-amz-content-sha256"] != hashlib.sha256(body).hexdigest():
            raise Refusal(400, "XAmzContentSHA256Mismatch")
        metadata = [(name, value) for name, value in headers.items()
                    if name.startswith("x-amz-meta-") and fault != "no metadata"]
        with self.store.lock:
            self.store.objects[key] = (body, metadata)
        if fault in ("cut answer", "done but cut"):
            return self.cut()
        return self.answer(200, headers=[("ETag", '"' + hashlib.md5(body).hexdigest() + '"')])

    def get(self, key, headers, _, fault):
        if headers["x-amz-content-sha256"] != EMPTY:
            raise Refusal(400, "XAmzContentSHA256Mismatch")
        with self.store.lock:
            body, metadata = self.store.objects.get(key, (None, None))
        if body is None:
            raise Refusal(404, "NoSuchKey")
        if fault == "cut answer":
            self.answer(200, body[:len(body) // 2], metadata, promised=len(body))
            return self.cut()
        return self.answer(200, flipped(body) if fault == "flip answer" else body, metadata)

    def do_POST(self):
        told = self.body().decode()
        if self.path == "/-/damage":
            self.store.damage(told)
        elif self.path == "/-/fault" and told in FAULTS:
            self.store.fault = told
        else:
            return self.refuse(400, "InvalidRequest")
        return self.answer(204)


def main():
    Handler.store = Store(*sys.argv[1:])
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    os._exit(0)  # whatever still hangs


if __name__ == "__main__":
    main()
