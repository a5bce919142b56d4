"""What names, manifests and tarballs say about a release: pure functions, no I/O."""
