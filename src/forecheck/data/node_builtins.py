"""Names of Node's own modules, which npm no longer lets a package take.

source: `require("node:module").builtinModules` of node 20.20.2, and the modules that exist only as `node:…`
date: 2026-11
licence: facts; Node.js is MIT
made by: node -p 'require("node:module").builtinModules.join(" ")', as validate-npm-package-name 7.0.2 ships it
"""

_TEXT = (
    "_http_agent _http_client _http_common _http_incoming _http_outgoing _http_server _stream_duplex "
    "_stream_passthrough _stream_readable _stream_transform _stream_wrap _stream_writable _tls_common _tls_wrap "
    "assert assert/strict async_hooks buffer child_process cluster console constants crypto dgram "
    "diagnostics_channel dns dns/promises domain events fs fs/promises http http2 https inspector "
    "inspector/promises module net os path path/posix path/win32 perf_hooks process punycode querystring "
    "readline readline/promises repl stream stream/consumers stream/promises stream/web string_decoder sys "
    "timers timers/promises tls trace_events tty url util util/types v8 vm wasi worker_threads zlib "
    "node:sea node:sqlite node:test node:test/reporters"
)
NODE_BUILTINS = frozenset(_TEXT.split())
