"""LIKE and `=~`: what they match, that they cost linear time, and what they tell an index."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.flyql.like import compile_like, escape_like
from treadle.flyql.pattern import PatternError
from treadle.flyql.predicate import fold
from treadle.flyql.regex import compile_regex

_ATOMS = [
    *"abAB1 .",
    r"\d",
    r"\w",
    r"\s",
    r"\D",
    r"\W",
    r"\S",
    "[ab]",
    "[^a]",
    "[a-c1]",
    r"[\d_]",
    r"[^\w]",
    r"\.",
    "Ä",
    "ß",
    "^",
    "$",
]
_subjects = st.text("abAB1 _-.\näÄßſKkK\u0660", max_size=6)


def expressions(depth: int = 3) -> st.SearchStrategy[str]:
    """Expressions of the part all engines share; edges are not repeated."""
    atoms = st.sampled_from(_ATOMS)
    if depth == 0:
        return atoms
    inner = expressions(depth - 1)
    repeated = st.tuples(
        inner.map("(?:{})".format), st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,1}", "{1,}", "*?"])
    )
    return st.one_of(
        atoms,
        st.lists(inner, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map("|".join).map("({})".format),
        repeated.map("".join),
    )


@given(expressions(), st.lists(_subjects, min_size=1, max_size=5))
def test_expressions_mean_what_they_mean_in_python(expression: str, subjects: list[str]) -> None:
    pattern = compile_regex(expression)
    # Python alone lets `$` stand before a last line break.
    reference = re.compile(expression.replace("$", r"\Z"), re.DOTALL)
    for subject in subjects:
        assert pattern.matches(subject) == (reference.fullmatch(subject) is not None), (expression, subject)


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of Python's, about sets in sets
@given(st.text("ab1()[]{}|*+?.\\^-,:i=!<Pdwsn&~", max_size=12), st.text("ab1-,^]{}\n", max_size=4))
def test_any_characters_are_refused_or_mean_what_they_mean_in_python(expression: str, subject: str) -> None:
    """What is called invalid is so for Python too; what is merely unsupported may not be."""
    try:
        pattern = compile_regex(expression)
    except PatternError as error:
        if str(error).startswith("Invalid"):
            with pytest.raises(re.error):
                re.compile(expression)
        return
    assert pattern.matches(subject) == (re.compile(expression, re.DOTALL).fullmatch(subject) is not None)


@given(expressions(2), st.lists(_subjects, min_size=1, max_size=5))
def test_every_match_contains_the_literals(expression: str, subjects: list[str]) -> None:
    for prefix in ("", "(?i)"):
        pattern = compile_regex(prefix + expression)
        for subject in subjects:
            if pattern.matches(subject):
                assert all(literal in fold(subject) for literal in pattern.literals)


@pytest.mark.parametrize(
    ("expression", "matching", "failing"),
    [
        ("(?i)müller", ["MÜLLER", "Müller"], ["Muller"]),
        ("(?i)[a-c]+", ["AbC"], ["d"]),
        ("(?i)[^a]", ["b"], ["a", "A"]),
        (r"sub-00\d", ["sub-001"], ["sub-0012", "xsub-001"]),
        (r"\w+", ["Müller_1"], ["a b"]),
        (r"[]a]+", ["]a"], ["b"]),
        (r"a{2}|{|x{,2}|{}", ["aa", "{", "", "xx", "{}"], ["a", "xxx"]),
        (r"\x41\u00e9\t", ["Aé\t"], ["A"]),
        ("a.c", ["a\nc", "a😀c"], ["ac"]),
        ("^ab$", ["ab"], ["ab\n"]),
        ("", [""], ["a"]),
    ],
)
def test_expressions_match_whole_values(expression: str, matching: list[str], failing: list[str]) -> None:
    pattern = compile_regex(expression)
    assert [text for text in (*matching, *failing) if pattern.matches(text)] == matching


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("(", "Invalid regular expression: missing )"),
        (")", "Invalid regular expression: unbalanced )"),
        ("*a", "Invalid regular expression: nothing to repeat"),
        ("a**", "Invalid regular expression: multiple repeat"),
        ("^*", "Invalid regular expression: nothing to repeat"),
        ("[a", "Invalid regular expression: unterminated character set"),
        ("[b-a]", "Invalid regular expression: bad character range"),
        (r"[\d-z]", "Invalid regular expression: bad character range"),
        ("a{3,2}", "Invalid regular expression: min repeat greater than max repeat"),
        ("a\\", "Invalid regular expression: backslash at the end"),
        (r"\x4", "Invalid regular expression: incomplete escape"),
        (r"(a)\1", "Unsupported regular expression: back-references"),
        ("(?=a)", "Unsupported regular expression: look-around"),
        ("(?<!a)", "Unsupported regular expression: look-around or a named group"),
        ("(?P<n>a)", "Unsupported regular expression: a named group"),
        ("(?s)a", "Unsupported regular expression: flags other than a leading (?i)"),
        ("a(?i)", "Unsupported regular expression: flags other than a leading (?i)"),
        ("a++", "Unsupported regular expression: possessive repetition"),
        (r"\bx", r"Unsupported regular expression: \b"),
        ("[[:alpha:]]", "Unsupported regular expression: named classes such as [:alpha:]"),
        ("a{256}", "Unsupported regular expression: repetitions count to at most 255"),
        ("a{99999999999}", "Unsupported regular expression: repetitions count to at most 255"),
        ("((a{100}){100})", "Unsupported regular expression: it stands for more than 1,000 characters"),
        ("(" * 60 + ")" * 60, "Unsupported regular expression: groups are nested deeper than 50"),
    ],
)
def test_other_expressions_are_refused_in_words(expression: str, message: str) -> None:
    with pytest.raises(PatternError, match=f"^{re.escape(message)}$"):
        compile_regex(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "(a+)+$",
        "(a|a)*b",
        "(a|aa)+b",
        ".*a.*a.*a.*a.*b",
        "(.*)*x",
        "a?" * 100 + "a" * 100 + "b",
        "(?:a|b)*a(?:a|b){200}c",
    ],
)
def test_no_expression_is_catastrophic(expression: str) -> None:
    """What takes backtracking engines longer than the universe is done in about a second of processor time."""
    pattern = compile_regex(expression)
    started = time.process_time()
    assert not pattern.matches("a" * 5000 + "ab" * 100 + "!")
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("like", "matching", "failing"),
    [
        ("T?w*", ["T1w", "T2w_SPACE"], ["xT1w", "Tw"]),
        ("%.nii.gz", ["a.nii.gz", ".nii.gz"], ["a.nii.gzz", "annii.gz"]),
        ("a_c%", ["abc", "a_cd"], ["ac"]),
        (r"M\_ller\%", ["M_ller%"], ["Müller%"]),
        (r"back\\slash\x", [r"back\slash\x"], ["backslashx"]),
        ("a\\", ["a\\"], ["a"]),
        ("a**b", ["ab", "a\nb"], ["abc"]),
        ("Abc", ["Abc"], ["abc"]),
    ],
)
def test_like_matches_whole_values(like: str, matching: list[str], failing: list[str]) -> None:
    pattern = compile_like(like)
    assert [text for text in (*matching, *failing) if pattern.matches(text)] == matching


@given(st.text("ab%_*?\\", max_size=8), st.text("ab%_*?\\", max_size=8))
def test_an_escaped_text_is_like_itself_alone(text: str, other: str) -> None:
    pattern = compile_like(escape_like(text))
    assert pattern.matches(text)
    assert pattern.matches(other) == (text == other)


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        (compile_like("%Analysis_sum%"), {"analysis", "sum"}),
        (compile_regex("T1w (MPRAGE|SPACE)x+"), {"t1w ", "x"}),
        (compile_regex("(?i)Müller.*"), {"müller"}),
        (compile_regex("(ab){2}c?d"), {"ab", "d"}),
        (compile_regex(".*"), set()),
    ],
)
def test_literals_help_an_index(pattern, literals: set[str]) -> None:
    assert set(pattern.literals) == literals
