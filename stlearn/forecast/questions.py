"""What a careful reader would ask of the data before a forecast is made from it."""

from stlearn.data.prepare import audit_in_words
from stlearn.graph.order import likeness_of_neighbours


def questions(dataset):
    """Return what an audit finds in the values, and whether the graph fits their order.

    Args:
        dataset: SpatioTemporalDataset.

    Returns:
        List of sentences; empty where nothing is found.

    Example:
        >>> import stlearn
        >>> from stlearn.forecast.questions import questions
        >>> questions(stlearn.load("corridor"))
        []
    """
    likeness = likeness_of_neighbours(dataset)
    order = likeness.sentence if likeness else ""
    return [*audit_in_words(dataset), *([order] if order else [])]
