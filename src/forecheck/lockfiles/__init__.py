"""Text to Lockfile, pure, one file per format."""
