// Runs the real command of lockfile-lint once for each case on standard input, in one process: starting node for each
// would take minutes. A case is {cwd, argv}; each gives a line {code, out, err}.
'use strict'
const folder = process.argv[2]
const bin = require.resolve(`${folder}/node_modules/lockfile-lint/bin/lockfile-lint.js`)
const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const write = process.stdout.write.bind(process.stdout)
let current = null

class Left extends Error {}
process.exit = code => {
  if (current && current.code === null) current.code = code || 0
  throw new Left()
}
process.on('unhandledRejection', () => {})
for (const [name, to] of [['log', 'out'], ['info', 'out'], ['error', 'err']]) {
  console[name] = (...words) => {
    if (current) current[to] += words.join(' ') + '\n'
  }
}

const next = () => {
  if (current) write(JSON.stringify({ ...current, code: current.code || 0 }) + '\n')
  const one = cases.shift()
  current = one ? { code: null, out: '', err: '' } : null
  if (!one) return
  process.chdir(one.cwd)
  process.argv = ['node', bin, ...one.argv]
  delete require.cache[bin]
  require(bin)
}
process.on('beforeExit', next)
