"""Where a workspace is filed: among packages, which have paths or names of their own."""


def unused(folder: str, taken: set[str]) -> str:
    """A workspace's location: its folder, unless a package has that path (one called like its first step may hold one
    called like the second). It is taken from then on.
    """
    location = folder
    while location in taken:
        location = f"workspace:{location}"
    taken.add(location)
    return location
