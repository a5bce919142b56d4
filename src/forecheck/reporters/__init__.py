"""One pure file per output format."""
