"""Signs that nobody looks after a package, or ever did."""
