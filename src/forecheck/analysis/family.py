"""Which packages belong together by their names."""


def same_scope(one: str, other: str) -> bool:
    """Both under one scope, which only its owners can publish to."""
    scope, slash, _ = one.partition("/")
    return bool(slash) and scope.startswith("@") and other.startswith(f"{scope}/")


def scope_named_after(child: str, parent: str) -> bool:
    """`@esbuild/linux-x64` and `esbuild`: likely, but not surely, one owner, because anybody may have been first to
    take the scope.
    """
    return child.startswith(f"@{parent}/")
