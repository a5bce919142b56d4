"""npm's own rules about names, versions, ranges and package specs, as pure functions."""
