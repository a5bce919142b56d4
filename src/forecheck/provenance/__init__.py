"""Attestations about releases: sigstore bundles, verified offline against a trust root that is handed in."""
