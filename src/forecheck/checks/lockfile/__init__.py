"""Whether a lockfile says what the package manager would have written: sources, integrity, names and edges that do
not fit together. `forecheck lockfile lint` runs these; they ask nobody.
"""
