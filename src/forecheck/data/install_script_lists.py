"""Popular packages whose install script is known, and what happens without it.

source: names of npm-high-impact 1.13.0 that are also in bun 1.4.5's `pm default-trusted`, in the `allow.json` of
    @pnpm/plugin-trusted-deps 0.2.2 or in the `data.json` of can-i-ignore-scripts 0.4.1
date: 2026-11
licence: MIT, MIT, MIT and Apache-2.0
made by: going through those names by hand: which print something, which do not work without, which only serve the
    package's own development (left out); and adding a few newer ones that fetch or build a native part
"""

# fmt: off
NEEDED = frozenset({
    "@apollo/protobufjs", "@apollo/rover", "@appsignal/nodejs", "@arkweid/lefthook", "@aws-amplify/cli",
    "@biomejs/biome", "@bufbuild/buf", "@contrast/fn-inspect", "@datadog/native-metrics", "@datadog/pprof",
    "@discordjs/opus", "@evilmartians/lefthook", "@ffmpeg-installer/linux-x64", "@newrelic/native-metrics",
    "@parcel/watcher", "@percy/core", "@pnpm/exe", "@prisma/client", "@prisma/engines", "@pulumi/awsx",
    "@pulumi/command", "@pulumi/kubernetes", "@sentry/cli", "@sentry/profiling-node", "@serialport/bindings",
    "@serialport/bindings-cpp", "@swc/core", "@tailwindcss/oxide", "@temporalio/core-bridge",
    "@tensorflow/tfjs-node", "@vscode/ripgrep", "appium-chromedriver", "argon2", "aws-crt", "bcrypt",
    "better-sqlite3", "bigint-buffer", "bs-platform", "bufferutil", "bun", "canvas", "chromedriver",
    "cpu-features", "cypress", "dd-trace", "deasync", "detox", "dtrace-provider", "duckdb", "electron",
    "electron-chromedriver", "electron-winstaller", "esbuild", "ffmpeg-static", "fibers", "fsevents",
    "gatsby", "geckodriver", "gifsicle", "grpc", "grpc-tools", "hiredis", "iconv", "isolated-vm",
    "jpegtran-bin", "keccak", "kerberos", "keytar", "lefthook", "leveldown", "libpg-query", "libxmljs",
    "libxmljs2", "lmdb", "lz4", "microtime", "mongodb-memory-server", "mozjpeg", "msgpackr-extract", "ngrok",
    "nice-napi", "node", "node-pty", "node-sass", "nodegit", "nx", "opencode-ai", "optipng-bin", "oracledb",
    "phantomjs", "phantomjs-prebuilt", "playwright", "pngquant-bin", "prisma", "puppeteer", "re2",
    "secp256k1", "sharp", "simple-git-hooks", "snappy", "sodium-native", "sqlite3", "ssh2", "supabase",
    "swiftlint", "tree-sitter", "tree-sitter-json", "tree-sitter-typescript", "ttf2woff2", "unix-dgram",
    "unrs-resolver", "usb", "utf-8-validate", "workerd", "zeromq",
})
# fmt: on
"""They do not work, or not fully, without their script."""

# fmt: off
NOT_NEEDED = frozenset({
    "@compodoc/compodoc", "@fortawesome/fontawesome-common-types", "@fortawesome/fontawesome-free",
    "@fortawesome/fontawesome-svg-core", "@fortawesome/free-brands-svg-icons",
    "@fortawesome/free-regular-svg-icons", "@fortawesome/free-solid-svg-icons", "@nestjs/core",
    "@react-spring/core", "aws-sdk", "bootstrap-vue", "core-js", "core-js-bundle", "core-js-pure", "docsify",
    "ejs", "es5-ext", "highlight.js", "inferno", "msw", "nodemon", "nuxt", "parcel-bundler", "preact",
    "protobufjs", "react-popper-tooltip", "sinon", "styled-components", "swiper", "vue-demi", "vuepress",
    "web3", "web3-bzz", "web3-shh", "webpack-cli", "yjs",
})
# fmt: on
"""Their script prints a message, asks for donations or checks versions."""
