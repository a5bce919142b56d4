"""lockfile-lint's command line and validators, as `forecheck lockfile-lint` has them (pure).

Its interface: lockfile-lint 5.0, yargs 17 (yargs-parser 21) and cosmiconfig 9. Differences on purpose are listed in
docs/migrating-from-lockfile-lint.md.
"""
