"""One file per command: parse, use case, reporter, exit code. The composition root."""
