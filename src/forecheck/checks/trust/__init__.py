"""Who vouches for a release: the registry's signature, and how it was published compared with those before."""
