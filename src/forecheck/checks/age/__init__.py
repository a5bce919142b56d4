"""How long a package, and this version of it, has been there for others to look at."""
