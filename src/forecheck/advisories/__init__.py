"""What is publicly known against packages: advisories as values, and which versions they speak of."""
