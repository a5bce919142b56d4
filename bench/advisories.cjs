// Loaded into npq with node's --require: its question to osv.dev goes to the test registry instead, which answers
// after the same delay that there is nothing known against the package.
const ask = globalThis.fetch
globalThis.fetch = (url, ...rest) =>
  String(url).startsWith('https://api.osv.dev/') ? ask(process.env.BENCH_ADVISORIES) : ask(url, ...rest)
