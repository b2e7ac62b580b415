"""Show a figure in a notebook, with the sentence that describes it; say long sentences."""

import io
import textwrap

WIDTH = 100  # JupyterLab breaks longer lines in the middle of a word


def show(figure, sentence):
    """Show a figure, and print the sentence that says what it shows.

    The figures of `stlearn.plots.style` are made without pyplot, so a notebook doesn't draw them by
    itself. The sentence is the picture's alternative text as well.

    Args:
        figure: matplotlib Figure.
        sentence: What the figure shows, in words.

    Example:
        >>> import stlearn
        >>> from stcourse.notebook.figures import show
        >>> from stlearn.plots.style import network_map
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
    say(sentence)


def say(text):
    """Print sentences with breaks between words, where JupyterLab would break within one.

    Args:
        text: Sentences; each line of them is broken for itself.

    Example:
        >>> from stcourse.notebook.figures import say
        >>> say("Half an hour ahead the network is far better than the last value, " + "and " * 10)
        Half an hour ahead the network is far better than the last value, and and and and and and and and
        and and
    """  # noqa: E501
    for line in text.splitlines():
        # A number and its sign for per cent stay on one line.
        wrapped = textwrap.fill(line.replace(" %", "\N{NO-BREAK SPACE}%"), WIDTH)
        print(wrapped.replace("\N{NO-BREAK SPACE}%", " %"))
