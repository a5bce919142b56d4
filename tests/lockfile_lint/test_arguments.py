"""Command lines, as yargs reads them; what it passes over in silence is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.lockfile_lint.arguments import Given, Value, read_arguments
from forecheck.lockfile_lint.flags import FLAGS, camel
from forecheck.lockfile_lint.refusal import NotAsMeant
from forecheck.lockfile_lint.request import request_of

WORDS = [
    *(f"--{flag.name}" for flag in FLAGS),
    *(f"--{camel(flag.name)}" for flag in FLAGS),
    *(f"-{flag.letter}" for flag in FLAGS if flag.letter),
    *(
        "--no-validate-https",
        "--no-allowed-hosts",
        "-sn",
        "-sin",
        "-sa",
        "-a=npm",
        "-p=x",
        "--path=x",
        "-i=false",
    ),
    *(
        "-s=maybe",
        "-e",
        "false",
        "true",
        "npm",
        "yarn",
        "https:",
        "a:b",
        "x.lock",
        "-5",
        "-.5",
        "5",
        "-p5",
        "-p./x",
    ),
    *(
        "--",
        "-",
        "---",
        "--=",
        "--path=",
        "plain",
        "-h",
        "--help",
        "--version",
        "--type=yarn",
        "-fplain",
        "-f",
        "",
    ),
]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("-p x -s", {"path": "x", "validate-https": True}),
        ("--path x --validateHttps", {"path": "x", "validate-https": True}),
        (
            "--path=x --allowed-hosts=npm yarn -s",
            {"path": "x", "allowed-hosts": ("npm", "yarn"), "validate-https": True},
        ),
        ("-a npm -a yarn evil -p x", {"allowed-hosts": ("npm", "yarn", "evil"), "path": "x"}),
        ("-a npm,yarn -p x", {"allowed-hosts": ("npm,yarn",), "path": "x"}),
        (
            "-sn -a=npm -p=x",
            {"validate-https": True, "validate-package-names": True, "allowed-hosts": ("npm",), "path": "x"},
        ),
        ("-sa npm -p x", {"validate-https": True, "allowed-hosts": ("npm",), "path": "x"}),
        ("-p x -e false -i true", {"path": "x", "empty-hostname": False, "validate-integrity": True}),
        ("-p x --empty-hostname=false", {"path": "x", "empty-hostname": False}),
        ("-p x -s --no-validate-https", {"path": "x", "validate-https": False}),
        ("-p x --no-s", {"path": "x", "validate-https": False}),
        ("-p/x -s", {"path": "/x", "validate-https": True}),
        ("-sp./x", {"path": "./x", "validate-https": True}),
        ("-p x -p y", {"path": ("x", "y")}),
        ("-a -s -p x", {"allowed-hosts": (), "validate-https": True, "path": "x"}),
        ("--a npm --p x", {"allowed-hosts": ("npm",), "path": "x"}),
        ("-p x --", {"path": "x"}),
    ],
)
def test_read_as_yargs_reads_it(line: str, expected: dict[str, Value]) -> None:
    assert read_arguments(line.split()) == Given(expected)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("-p x --validate-htttps", "did you mean --validate-https?"),
        ("-p x --allowedHost npm", "did you mean --allowed-hosts?"),
        ("package-lock.json -s", '"package-lock.json" belongs to no option'),
        ("-p a/x b/x", '"b/x" belongs to no option'),
        ("-p x -- y", '"y" belongs to no option'),
        ("-p x -s=yes", "is true or false"),
        ("-p x --validate-https=1", "is true or false"),
        ("-p x -s yes", '"yes" belongs to no option'),
        ("-p", "needs a value"),
        ("--path= -s", "needs a value"),
        ("-p -s", "needs a value"),
        ("-ps x", "must come last"),
        ("-p x --no-allowed-hosts", "takes a value"),
        ("-p x -t npm -t yarn", "more than once"),
        ("-p./x", "a space is missing"),
        ("-p x -z", "-z is no option"),
        ("-p x -sz", "z in -sz is no option"),
        ("-p x --path.y z", "is no option"),
    ],
)
def test_what_yargs_passes_over_is_refused(line: str, message: str) -> None:
    with pytest.raises(NotAsMeant) as refused:
        read_arguments(line.split())
    assert message in str(refused.value)


def test_help_and_version_are_no_values() -> None:
    assert read_arguments(["-h", "--version", "-p", "x"]) == Given({"path": "x"}, help=True, version=True)


@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=9))
def test_any_line_is_read_or_refused(line: list[str]) -> None:
    try:
        request_of(read_arguments(line))
    except NotAsMeant:
        return
