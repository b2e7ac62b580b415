"""Real data for chapter 06: taken if it can be had, left out in one calm sentence if not."""

import logging
import os

import pooch

from stlearn import catalogue
from stlearn.errors import InputError


def try_load(name):
    """Load a data set of the catalogue, or say that it cannot be reached.

    Args:
        name: Name of the data set, for example "los-loop".

    Returns:
        SpatioTemporalDataset, or None after one printed sentence.

    Raises:
        InputError: If the catalogue does not know the name, or STLEARN_MIRROR names a folder that
            lacks its files: neither is a matter of reach.

    Example:
        >>> from stcourse.applications.real_data import try_load
        >>> try_load("corridor").unit
        'km/h'
    """
    catalogue.entry(name)
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.WARNING)  # it tells where a file is put; a notebook need not
    try:
        return catalogue.load(name)
    except (InputError, OSError):
        if os.environ.get("STLEARN_MIRROR"):
            raise
        print(
            f"The data set {name} cannot be reached from here, so this part goes on with its "
            "simulated world alone."
        )
        return None
    finally:
        logger.setLevel(level)
