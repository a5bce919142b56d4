"""What else a release brings in, and from where."""
