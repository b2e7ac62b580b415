"""1.3: replace plates with pseudonyms, and find k."""

import hashlib
import hmac

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from stcourse.engine.exercise import Exercise, NotRight
from stcourse.engine.mistakes import read_mistakes
from stcourse.engine.properties import call, compare
from stcourse.engine.wording import kind


def protect(trips, key):
    """Replace plates with pseudonyms, and count how well the persons are hidden.

    Args:
        trips: DataFrame with the columns plate, entry and hour; one row a trip. The plates are
            in one spelling already.
        key: Secret bytes.

    Returns:
        (protected, k): the trips with the column person in place of plate, which holds the
        first 16 hexadecimal digits of HMAC-SHA256; and the smallest number of different
        persons that share an entry and an hour.
    """
    codes = [hmac.new(key, plate.encode(), hashlib.sha256) for plate in trips["plate"]]
    protected = trips.drop(columns="plate")
    protected["person"] = [code.hexdigest()[:16] for code in codes]
    k = protected.groupby(["entry", "hour"])["person"].nunique().min()
    return protected, int(k)


@st.composite
def _some_trips(draw):
    one = st.tuples(
        st.sampled_from(["KX 4127", "BD 1009", "PR 7730"]),
        st.sampled_from(["in01", "in02"]),
        st.sampled_from([7, 8]),
    )
    rows = draw(st.lists(one, min_size=1, max_size=10))
    key = draw(st.sampled_from([b"sixteen bytes or more", b"another secret key..."]))
    return {"trips": pd.DataFrame(rows, columns=["plate", "entry", "hour"]), "key": key}


def _protected(answer, case):
    """The table and k are those of `protect`; the order of the columns is free."""
    came, expected = call(answer, case), protect(**case)
    if isinstance(came, tuple) and len(came) == 2 and isinstance(came[0], pd.DataFrame):
        table, k = came
        if sorted(map(str, table.columns)) == sorted(expected[0].columns):
            came = table[list(expected[0].columns)], k
            _pseudonyms(table["person"])
    elif isinstance(came, (pd.DataFrame, int, np.integer)):
        raise NotRight(
            f"Your answer is {kind(came)}. Two things are asked for: the table, and k. Return "
            "both, with a comma between.",
            came=came,
        )
    compare(came, expected)


def _pseudonyms(persons):
    for person in persons:
        if not isinstance(person, str):
            raise NotRight(f"The pseudonym {person!r} is {kind(person)}, expected text.")
        if len(person) != 16:
            raise NotRight(f"The pseudonym {person!r} has {len(person)} digits, expected 16.")


def _by_loop(trips, key):
    seen, persons = {}, []
    for _, trip in trips.iterrows():
        person = hmac.digest(key, trip["plate"].encode("utf-8"), "sha256").hex()[:16]
        persons.append(person)
        seen.setdefault((trip["entry"], trip["hour"]), set()).add(person)
    table = trips.copy()
    table.insert(0, "person", persons)
    del table["plate"]
    return table, min(len(group) for group in seen.values())


EXERCISE = Exercise(
    id="1.3",
    title="Pseudonyms, and k",
    section="1.7 Trouble three: persons in the data",
    difficulty=2,
    minutes=8,
    matters="Data on persons may be used only if nobody can be found in it.",
    hints=(
        "`hmac.new(key, text, hashlib.sha256).hexdigest()` makes the code of one plate; the "
        "text must be bytes: `plate.encode()`.",
        "For k, group the trips by entry and hour, and count different persons in each group.",
        '`groupby(["entry", "hour"])["person"].nunique()` counts them; k is the smallest.',
    ),
    solution=protect,
    cases=_some_trips(),
    properties=(_protected,),
    mistakes=read_mistakes(protect),
    also_right=(_by_loop,),
)
