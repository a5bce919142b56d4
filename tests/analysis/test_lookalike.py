from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecheck.analysis.edits import Kind
from forecheck.analysis.lookalike import Limits, Lookalike, find_target
from forecheck.model import Confidence
from forecheck.popularity import Popularity

POPULAR = Popularity.load()
WEEKS, YEARS = timedelta(days=14), timedelta(days=2000)


def look(
    name: str, downloads: int | None = None, age: timedelta | None = None, among: Popularity = POPULAR
) -> Lookalike | None:
    return find_target(name, among, candidate_monthly_downloads=downloads, candidate_age=age)


@pytest.mark.parametrize(
    ("name", "target", "kind"),
    [
        ("lodahs", "lodash", Kind.SWAP),
        ("electorn", "electron", Kind.SWAP),
        ("expresss", "express", Kind.DOUBLED),
        ("reacct", "react", Kind.DOUBLED),
        ("mongose", "mongoose", Kind.DOUBLED),
        ("blubird", "bluebird", Kind.MISSING),
        ("eact", "react", Kind.MISSING),
        ("commqnder", "commander", Kind.NEIGHBOUR_KEY),
        ("asinc", "async", Kind.SIMILAR_LETTER),
        ("sqliter", "sqlite", Kind.EXTRA),
        ("jquerz", "jquery", Kind.OTHER_LETTER),
        ("l0dash", "lodash", Kind.HOMOGLYPH),
        ("dizkord.js", "discord.js", Kind.SOUND),
        ("degbu", "debug", Kind.SCRAMBLED),
        ("nodmailr", "nodemailer", Kind.TWO_SLIPS),
        ("secp256", "secp256k1", Kind.CUT_SHORT),
        ("crossenv", "cross-env", Kind.SEPARATOR),
        ("gruntcli", "grunt-cli", Kind.SEPARATOR),
        ("socketio", "socket.io", Kind.SEPARATOR),
        ("Express", "express", Kind.SEPARATOR),
        ("twilio-npm", "twilio", Kind.ADDED_WORD),
        ("jquery.js", "jquery", Kind.ADDED_WORD),
        ("nodemonjs", "nodemon", Kind.ADDED_WORD),
        ("bs58-basic", "bs58", Kind.VAGUE_WORD),
        ("loader-babel", "babel-loader", Kind.WORD_ORDER),
        ("types-react", "@types/react", Kind.SCOPE_FLATTENED),
        ("@types-react", "@types/react", Kind.SCOPE_FLATTENED),
        ("@acitons/artifact", "@actions/artifact", Kind.SCOPE_TYPO),
        ("@bable/core", "@babel/core", Kind.SCOPE_TYPO),
        ("@typescript_eslinter/eslint", "@typescript-eslint/types", Kind.SCOPE_TYPO),
        ("core-tracing", "@azure/core-tracing", Kind.SCOPE_DROPPED),
    ],
)
def test_a_newcomer_that_looks_like_a_popular_package(name: str, target: str, kind: Kind) -> None:
    found = look(name, downloads=45, age=WEEKS)
    assert found is not None
    assert (found.target, found.kind) == (target, kind)


@pytest.mark.parametrize(
    "name", ["lodahs", "electorn", "expresss", "reacct", "mongose", "requset", "commqnder"]
)
def test_a_telling_slip_is_reported_though_nothing_is_known_of_the_candidate(name: str) -> None:
    unknown, newcomer = look(name), look(name, downloads=45, age=WEEKS)
    assert unknown is not None
    assert newcomer is not None
    assert unknown.target == newcomer.target
    assert unknown.confidence < newcomer.confidence == Confidence.HIGH


@pytest.mark.parametrize(
    "name",
    [
        *("ms", "ws", "qs", "vue", "preact", "react", "@types/node", "babel-core"),  # popular themselves
        *(
            "my-own-thing",
            "acme-billing",
            "@acme/ui",
            "@acme/lodahs",
        ),  # like nothing, or in somebody's own scope
        *("react-native-foo", "eslint-plugin-acme", "@types/acme", "acme-cli", "gulp-acme"),  # companions
        *("@babel/plugin-nobody-heard-of", "@azure/cor"),  # only the owner of a scope can publish in it
        *("", "-", "@", "@/", "/", ".", "@scope/", "a", "zz", "abc"),
    ],
)
@pytest.mark.parametrize("downloads", [None, 45])
def test_honest_names_are_left_alone_even_new(name: str, downloads: int | None) -> None:
    assert look(name, downloads=downloads, age=WEEKS) is None
    assert look(name, downloads=downloads) is None


@pytest.mark.parametrize("name", ["mz", "is", "ip", "css", "xyz", "uid", "wss", "vux", "git"])
def test_names_of_three_letters_or_fewer_are_no_typos(name: str) -> None:
    assert look(name, downloads=45, age=WEEKS) is None


@pytest.mark.parametrize(
    ("downloads", "age"),
    [(30_000, None), (30_000, YEARS), (1_000, YEARS), (2_000_000, timedelta(days=100))],
)
def test_a_used_package_has_earned_its_name(downloads: int, age: timedelta | None) -> None:
    assert look("lodahs", downloads=downloads, age=age) is None


def test_downloads_do_not_speak_for_a_package_of_last_week() -> None:
    assert look("lodahs", downloads=50_000, age=timedelta(days=7)) is not None


def test_age_alone_is_not_use() -> None:
    assert look("lodahs", age=YEARS) is not None
    assert look("lodahs", downloads=31, age=YEARS) is not None


def test_a_target_must_be_far_more_popular() -> None:
    rivals = Popularity({"signale": 200_000})
    assert look("singale", downloads=150, among=rivals) is not None
    assert look("singale", downloads=600, among=rivals) is None


def test_a_weaker_likeness_needs_a_suspicious_candidate() -> None:
    assert look("crossenv") is None
    assert look("crossenv", downloads=800) is None
    assert look("crossenv", downloads=31) is not None
    assert look("crossenv", age=WEEKS) is not None


def test_what_a_hit_says() -> None:
    found = look("lodahs", downloads=31, age=WEEKS)
    assert found is not None
    assert found.distance == 1
    assert found.target_downloads == POPULAR.monthly_downloads("lodash")
    assert found.ratio == pytest.approx(452_000_000 / 31)
    assert found.kind.phrase == "one swap away from"


def test_the_ratio_is_unknown_when_either_side_is() -> None:
    unknown = look("lodahs")
    assert unknown is not None
    assert unknown.ratio is None
    uncounted = Popularity({"lodash": None})
    found = look("lodahs", downloads=3, among=uncounted)
    assert found is not None
    assert (found.ratio, found.target_downloads) == (None, None)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("l\u043edash", "lodash"),
        ("@b\u0430bel/core", "@babel/core"),
        ("re\u0430ct\u2010dom", "react-dom"),
        ("cross\u200benv", "cross-env"),
    ],
)
@pytest.mark.parametrize("downloads", [None, 5_000_000])
def test_another_alphabet_has_no_excuse(name: str, target: str, downloads: int | None) -> None:
    found = look(name, downloads=downloads, age=YEARS)
    assert found is not None
    assert (found.target, found.kind, found.confidence) == (target, Kind.HOMOGLYPH, Confidence.HIGH)


def test_a_family_older_than_the_scope_is_not_a_flattened_scope() -> None:
    family = {f"babel-{part}": 2_000_000 for part in ("core", "cli", "loader", "register", "types")}
    popular = Popularity({"@babel/parser": 500_000_000, **family})
    alone = Popularity({"@babel/parser": 500_000_000})
    assert look("babel-parser", among=popular) is None
    assert look("babel-parser", among=alone) is not None


def test_a_word_other_packages_use_is_not_a_slip() -> None:
    lonely = Popularity({"config-loader": 90_000_000})
    assert look("confin-loader", among=lonely) is not None
    shared = Popularity({"config-loader": 90_000_000, "confin-parser": 60_000})
    assert look("confin-loader", among=shared) is None


def test_limits_can_be_set() -> None:
    strict = Limits(used_downloads=10)
    assert look("lodahs", downloads=20) is not None
    found = find_target("lodahs", POPULAR, candidate_monthly_downloads=20, candidate_age=None, limits=strict)
    assert found is None


def test_an_empty_list_finds_nothing() -> None:
    assert (
        find_target("lodahs", Popularity({}), candidate_monthly_downloads=0, candidate_age=timedelta())
        is None
    )


FACTS = st.tuples(
    st.none() | st.integers(0, 10**9), st.none() | st.timedeltas(timedelta(), timedelta(days=5000))
)


@given(st.text(max_size=30) | st.text(alphabet="abelost-@/._", max_size=20), FACTS)
def test_any_text_may_be_asked_about(name: str, facts: tuple[int | None, timedelta | None]) -> None:
    found = look(name, *facts)
    if found is not None:
        assert found.target in POPULAR
        assert found.target != name
        assert found.distance > 0


@given(st.sampled_from(POPULAR.names), FACTS)
def test_a_popular_name_is_never_a_lookalike(name: str, facts: tuple[int | None, timedelta | None]) -> None:
    assert look(name, *facts) is None


LONG = [
    name for name in POPULAR.names if name.isalpha() and len(name) >= 8 and (POPULAR.rank(name) or 0) < 3_000
]


@given(st.sampled_from(LONG), st.data())
def test_a_swap_in_a_long_name_is_found(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 2))
    slip = name[:place] + name[place : place + 2][::-1] + name[place + 2 :]
    if slip not in POPULAR:
        assert look(slip, downloads=0, age=timedelta()) is not None
