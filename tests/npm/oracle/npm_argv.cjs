// Answers how an installed npm reads command lines. Usage: node npm_argv.cjs NPM_ROOT
// One JSON object a line on standard input, one on standard output:
//   {"kind": "npm", "argv": [...], "env": {...}} -> {"command", "remain", "cli", "env", "error"}
//   {"kind": "npx", "argv": [...]}               -> {"argv"}: what npx hands to npm
//   {"kind": "tables"}                           -> {"options", "shorthands", "commands", "aliases"}
// Reads no configuration file and runs no command.
const { join } = require('node:path')
const readline = require('node:readline')

const root = process.argv[2]
const Config = require(join(root, 'node_modules/@npmcli/config'))
const { definitions, shorthands, flatten, nerfDarts } = require(join(root, 'node_modules/@npmcli/config/lib/definitions'))
const { deref, commands, aliases } = require(join(root, 'lib/utils/cmd-list.js'))

const plain = data => {
  const own = {}
  for (const [key, value] of Object.entries(data)) {
    own[key] = typeof value === 'function' ? null : value
  }
  return own
}

const npm = ({ argv, env }) => {
  const config = new Config({
    definitions, shorthands, flatten, nerfDarts, npmPath: root, warn: false,
    argv: ['node', 'npm', ...argv],
    env: { HOME: '/home/oracle', PREFIX: '/prefix', ...env },
    cwd: '/',
  })
  config.loadDefaults()
  let error = null
  try {
    config.loadCLI()
    config.loadEnv()
    config.validate('env')
  } catch (er) {
    error = er.message
  }
  const remain = config.parsedArgv ? config.parsedArgv.remain : null
  const command = remain === null ? null : deref(remain[0])
  return {
    remain,
    command: typeof command === 'string' ? command : null,
    cli: plain(config.data.get('cli').data),
    env: plain(config.data.get('env').data),
    error,
  }
}

const cliPath = require.resolve(join(root, 'lib/cli.js'))
const npxPath = require.resolve(join(root, 'bin/npx-cli.js'))

const npx = ({ argv }) => {
  let answer = null
  require.cache[cliPath] = { id: cliPath, filename: cliPath, loaded: true, exports: p => (answer = p.argv.slice(2)) }
  delete require.cache[npxPath]
  const saved = process.argv
  process.argv = ['node', 'npx', ...argv]
  try {
    require(npxPath)
  } finally {
    process.argv = saved
  }
  return { argv: answer }
}

const tables = () => ({ options: Object.keys(definitions), shorthands, commands, aliases })

console.error = () => {}
const kinds = { npm, npx, tables }
const lines = readline.createInterface({ input: process.stdin })
lines.on('line', line => {
  const request = JSON.parse(line)
  let answer
  try {
    answer = kinds[request.kind](request)
  } catch (er) {
    answer = { crash: er.stack }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
})
