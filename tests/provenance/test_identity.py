import pytest

from forecheck.provenance.identity import Identity

GITHUB = "https://token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    ("issuer", "system"),
    [
        (GITHUB, "GitHub Actions"),
        (f"{GITHUB}/some-enterprise", "GitHub Actions"),
        (f"{GITHUB}.evil.example", ""),
        ("https://gitlab.com", "GitLab CI"),
        ("https://gitlab.com.evil.example", ""),
        ("https://oidc.circleci.com/org/1", "CircleCI"),
        ("https://oidc.circleci.com.evil.example/org/1", ""),
        ("https://accounts.google.com", ""),
        ("https://github.com/login/oauth", ""),
        ("", ""),
    ],
)
def test_who_is_a_build(issuer: str, system: str) -> None:
    assert Identity(issuer, "someone").system == system


@pytest.mark.parametrize(
    ("identity", "line"),
    [
        (
            Identity(
                "https://gitlab.com",
                "x",
                "https://gitlab.com/group/sub/thing",
                "refs/heads/main",
                workflow="https://gitlab.com/group/sub/thing//.gitlab-ci.yml@refs/heads/main",
            ),
            "GitLab CI from gitlab.com/group/sub/thing @ refs/heads/main, workflow .gitlab-ci.yml",
        ),
        (
            Identity(
                GITHUB,
                "x",
                "https://github.com/some/thing",
                "refs/tags/v1",
                workflow="https://github.com/other/flows/ci.yml@refs/heads/main",
            ),
            "GitHub Actions from github.com/some/thing @ refs/tags/v1, workflow github.com/other/flows/ci.yml@refs/heads/main",
        ),
        (Identity(GITHUB, "x", "https://github.com/some/thing"), "GitHub Actions from github.com/some/thing"),
    ],
)
def test_one_line(identity: Identity, line: str) -> None:
    assert identity.build == line
