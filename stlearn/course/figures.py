"""Show a figure in a notebook, with the sentence that describes it."""

import io
import textwrap

WIDTH = 100  # JupyterLab breaks longer lines in the middle of a word


def show(figure, sentence):
    """Show a figure, and print the sentence that says what it shows.

    The figures of `stlearn.plot` are made without pyplot, so a notebook doesn't draw them by
    itself. The sentence is the picture's alternative text as well.

    Args:
        figure: matplotlib Figure.
        sentence: What the figure shows, in words.

    Example:
        >>> import stlearn
        >>> from stlearn.course.figures import show
        >>> from stlearn.plot import network_map
        >>> show(*network_map(stlearn.load("corridor")))
        48 nodes on the map, joined by 420 edges.
    """
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=100)
    try:
        from IPython import get_ipython
        from IPython.display import Image, display
    except ImportError:  # plain Python: the sentence has to do
        get_ipython = None
    if get_ipython is not None and get_ipython() is not None:
        display(Image(data=picture.getvalue(), format="png", alt=sentence))
    # A number and its sign for per cent stay on one line.
    wrapped = textwrap.fill(sentence.replace(" %", "\N{NO-BREAK SPACE}%"), WIDTH)
    print(wrapped.replace("\N{NO-BREAK SPACE}%", " %"))
