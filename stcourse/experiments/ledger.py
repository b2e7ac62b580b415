"""The ledger of chapter 05: what the article claims, what was measured, and the verdict.

A claim holds if all conditions of its rule in `stcourse.experiments.claims` are met, and partly if
some are. If none is, it does not; where all of them are open, the ledger cannot tell. Differences
of all claims are judged at once, after Holm's correction. No verdict is written down.
"""

import pandas as pd

from stcourse.experiments import run
from stcourse.experiments.claims import CLAIMS
from stcourse.experiments.figures_of_tables import judged
from stlearn.errors import InputError
from stlearn.files import shipped

HOLDS, PARTLY, DOES_NOT = "holds", "partly", "does not"
CANNOT_TELL, UNTRIED = "cannot tell", "not yet tried"


def verdict(conditions):
    """Say what conditions amount to.

    Args:
        conditions: Truth values, one for each part of a claim, None for one that is open; no
            value at all if nothing was measured.

    Example:
        >>> from stcourse.experiments.ledger import verdict
        >>> verdict([True, True]), verdict([True, None]), verdict([False, None])
        ('holds', 'partly', 'does not')
        >>> verdict([None, None]), verdict([])
        ('cannot tell', 'not yet tried')
    """
    if not len(conditions):
        return UNTRIED
    if any(conditions):
        return HOLDS if all(conditions) else PARTLY
    return CANNOT_TELL if all(each is None for each in conditions) else DOES_NOT


def ledger(tables=None):
    """Hold every claim of the article against the tables.

    Args:
        tables: Dict of DataFrames "ledger", "ablation" and "rolling", and "applications" if it
            was measured; those that ship when not given.

    Returns:
        DataFrame (claim; article, experiment, figure, low, high, verdict). Low and high are the
        95 % interval of the figure's gain, in per cent, where the verdict rests on one.

    Raises:
        InputError: If a table lacks a row that a rule needs.

    Example:
        >>> from stcourse.experiments.ledger import ledger
        >>> ledger().loc["C2", "verdict"]
        'holds'
    """
    tables = shipped_tables() if tables is None else tables
    evidence = {name: rule(tables) for name, (_, _, rule) in CLAIMS.items()}
    met = iter(judged([each for found in evidence.values() for each in found.conditions]))
    rows = {}
    for name, (article, experiment, _) in CLAIMS.items():
        found = evidence[name]
        conditions = [next(met) for _ in found.conditions]
        rows[name] = {
            "article": article,
            "experiment": experiment,
            "figure": found.figure(conditions) if callable(found.figure) else found.figure,
            "low": 100 * found.low,
            "high": 100 * found.high,
            "verdict": verdict(conditions),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("claim")


def told(claim, tables=None):
    """Say the ledger's verdict on a claim, as every chapter tells it.

    Args:
        claim: Such as "C5".
        tables: As in `ledger`.

    Returns:
        Text: the claim, its verdict, and the figures that it rests on.

    Raises:
        InputError: If there is no such claim.

    Example:
        >>> from stcourse.experiments.ledger import told
        >>> told("C10").startswith("C10 in the ledger: ")
        True
    """
    if claim not in CLAIMS:
        raise InputError(f"claim: expected one of {', '.join(CLAIMS)}, got {claim!r}")
    row = ledger(tables).loc[claim]
    return f"{claim} in the ledger: {row['verdict']}; {row['figure']}."


def shipped_tables():
    """Return the tables that ship with the course, as `ledger` takes them.

    Example:
        >>> from stcourse.experiments.ledger import shipped_tables
        >>> sorted(shipped_tables())
        ['ablation', 'applications', 'ledger', 'rolling']
    """
    tables = {name: run.read(name) for name in ("ledger", "ablation", "rolling")}
    path = shipped("datasets/bench_applications.csv")
    if path is not None:
        tables["applications"] = pd.read_csv(path, comment="#")
    return tables
