"""The real npm: found, asked what it would install, and made to install exactly that."""
