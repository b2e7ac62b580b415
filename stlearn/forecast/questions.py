"""What a careful reader would ask of the data before a forecast is made from it."""

from stlearn.data.prepare import audit_in_words
from stlearn.data.quantities import apart
from stlearn.graph.order import likeness_of_neighbours

MOST_AUDITED = 20_000_000  # readings


def questions(dataset):
    """Return what an audit finds in the values, and whether the graph fits their order.

    Args:
        dataset: SpatioTemporalDataset.

    Returns:
        List of sentences; empty where nothing is found. Of more than 20 million readings, the
        last ones are looked at.

    Example:
        >>> import stlearn
        >>> from stlearn.forecast.questions import questions
        >>> questions(stlearn.load("corridor"))
        []
    """
    found = {name: _questions(part) for name, part in apart(dataset).items()}
    return [f"{name}: {said}" if name else said for name, each in found.items() for said in each]


def _questions(dataset):
    rows = min(max(MOST_AUDITED // dataset.shape[1], 2), len(dataset.values))
    likeness = likeness_of_neighbours(dataset)
    order = likeness.sentence if likeness else ""
    found = audit_in_words(dataset.between(len(dataset.values) - rows, len(dataset.values)))
    if rows < len(dataset.values):
        found = [f"In the last {rows:,} rows: {sentence}" for sentence in found]
    return [*found, *([order] if order else [])]
