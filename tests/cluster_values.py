"""The values for a cluster, held against the schema of Zero to JupyterHub's chart as Helm does it.

`python tests/cluster_values.py REPOSITORY VERSION` takes schema and defaults anew from a copy of
the chart's repository, in which that version is checked out, and holds the values against them.
"""

import json
import sys
from pathlib import Path

import yaml
from jsonschema import Draft7Validator

CHART = Path(__file__).with_suffix(".json")
VALUES = Path(__file__).parent.parent / "workshop" / "kubernetes" / "values.yaml"


def problems(values, chart):
    """What the chart would refuse.

    Args:
        values: Dict of our values.
        chart: Dict with the chart's "schema" and its "values", the defaults.

    Returns:
        List of sentences.
    """
    found = Draft7Validator(chart["schema"]).iter_errors(merged(chart["values"], values))
    return [f"{'.'.join(map(str, error.path))}: {error.message}" for error in found]


def merged(defaults, values):
    """Defaults with values in their place; as in Helm a list takes the place of a list."""
    if not isinstance(defaults, dict) or not isinstance(values, dict):
        return values
    both = defaults.keys() & values.keys()
    return {**defaults, **values, **{key: merged(defaults[key], values[key]) for key in both}}


def without_texts(schema):
    """A schema without its descriptions."""
    if isinstance(schema, list):
        return [without_texts(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: without_texts(each)
        for key, each in schema.items()
        if not (key in ("title", "description") and isinstance(each, str))
    }


def main():
    """Store schema and defaults, and print the problems."""
    repository, version = Path(sys.argv[1]), sys.argv[2]
    schema, defaults = (
        yaml.safe_load((repository / "jupyterhub" / name).read_text())
        for name in ("values.schema.yaml", "values.yaml")
    )
    chart = {
        "source": "https://github.com/jupyterhub/zero-to-jupyterhub-k8s",
        "version": version,
        "licence": (repository / "LICENSE").read_text(),
        "schema": without_texts(schema),
        "values": defaults,
    }
    CHART.write_text(json.dumps(chart) + "\n")
    print(*problems(yaml.safe_load(VALUES.read_text()), chart), sep="\n")


if __name__ == "__main__":
    main()
