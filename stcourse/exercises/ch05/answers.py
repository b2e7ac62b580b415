"""Reference answers of chapter 05, one function an exercise."""

import numpy as np


def masked_mae(forecast, target):
    """Take the mean absolute error over the targets that are known.

    Args:
        forecast: Array (time, node) in km/h, complete.
        target: Array (time, node) in km/h, NaN where it is missing. Zero is a speed like others.

    Returns:
        One number, in km/h: each known target counts once.
    """
    known = ~np.isnan(target)
    return np.abs(forecast[known] - target[known]).mean()


def skill_score(forecast, reference, target):
    """Tell which share of a reference's mean absolute error a forecast takes away.

    Args:
        forecast, reference, target: Arrays (time, node) in km/h, each NaN where it is missing.

    Returns:
        One number without unit: 1 is perfect, 0 as good as the reference, below 0 worse. Only
        cells that all three have count.
    """
    common = ~np.isnan(forecast + reference + target)
    error = np.abs(forecast - target)[common].mean()
    reference_error = np.abs(reference - target)[common].mean()
    return 1 - error / reference_error


def walk_forward_folds(rows, first_train, test, gap):
    """List the folds of a walk forward: learn from all that came before, test on what comes next.

    Args:
        rows: Number of rows of the table, in the order of time.
        first_train: Rows in the training part of the first fold.
        test: Rows in each test part.
        gap: Rows left out between training and test.

    Returns:
        List of (train_stop, test_start, test_stop), stops excluded. Training starts at row 0
        and grows by `test` rows from fold to fold. A test part that is not full is left out.
    """
    folds = []
    train_stop = first_train
    while train_stop + gap + test <= rows:
        test_start = train_stop + gap
        folds.append((train_stop, test_start, test_start + test))
        train_stop += test
    return folds


def bootstrap_interval(losses_a, losses_b, block, draws):
    """Give a 95 % interval for the difference of two mean losses, by drawing whole blocks.

    Args:
        losses_a, losses_b: Arrays (row,) of two models' losses at the same rows, in km/h.
        block: Rows in a block; the number of rows is a multiple of it.
        draws: Array (draw, block) of block numbers: each row says which blocks one draw takes.

    Returns:
        (low, high) in km/h: the 2.5th and 97.5th percentile, as `np.percentile` takes them, over
        the draws, of the mean of a minus b.
    """
    difference = losses_a - losses_b
    block_means = difference.reshape(-1, block).mean(axis=1)
    drawn_means = block_means[draws].mean(axis=1)
    low, high = np.percentile(drawn_means, [2.5, 97.5])
    return low, high


def honest_parts(values, test_start, length):
    """Cut scaled windows for training and for test, with no way from one part to the other.

    Args:
        values: Array (time, node) in km/h.
        test_start: First row of the test part.
        length: Rows in a window, past and future together.

    Returns:
        (train, test): two arrays (window, length, node) in the order of time, a window starting
        at each row. Each node has mean 0 and standard deviation 1 over the training rows.
    """
    train, test = values[:test_start], values[test_start:]
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    windows = []
    for part in (train, test):
        scaled = (part - mean) / deviation
        starts = range(len(part) - length + 1)
        windows.append(np.stack([scaled[start : start + length] for start in starts]))
    return tuple(windows)


def honest_error(validation_errors, test_errors):
    """Report the error of a network that was trained several times.

    Args:
        validation_errors: Array (seed, epoch) in km/h, after each epoch of each training.
        test_errors: Array (seed, epoch) in km/h, likewise.

    Returns:
        One number in km/h: the mean over the seeds of the test error, each training stopped at
        an epoch that it chose without the test part.
    """
    epochs = validation_errors.argmin(axis=1)
    chosen = test_errors[np.arange(len(epochs)), epochs]
    return chosen.mean()


def like_for_like(forecast, target, minutes, interval, pooled, measure):
    """Take an error in the way in which a published one was taken.

    Args:
        forecast: Array (origin, horizon, node) in km/h, complete.
        target: Array of the same shape in km/h, NaN where it is missing.
        minutes: How far ahead the published error is.
        interval: Minutes from one step to the next; the first step is one interval ahead.
        pooled: True for all steps up to `minutes` together, False for that step alone.
        measure: "MAE" or "RMSE".

    Returns:
        One number in km/h, over all origins, all nodes and every known target.
    """
    step = minutes // interval
    steps = slice(0, step) if pooled else slice(step - 1, step)
    error = (forecast - target)[:, steps]
    if measure == "RMSE":
        return np.sqrt(np.nanmean(error**2))
    return np.nanmean(np.abs(error))


def conformal_interval(residuals, forecast, coverage):
    """Put an interval around a forecast by split conformal prediction, each step for itself.

    Args:
        residuals: Array (origin, horizon) in km/h, target minus forecast on the validation part.
        forecast: Array (horizon,) in km/h.
        coverage: Share of the targets that the interval is to hold, for example 0.9.

    Returns:
        (low, high): two arrays (horizon,), as far below as above the forecast. Of n residuals
        the k-th smallest in size is the half width, k = (n + 1) * coverage rounded up; where k
        is more than n, the half width is infinite.
    """
    sizes = np.sort(np.abs(residuals), axis=0)
    rank = int(np.ceil((len(sizes) + 1) * coverage))
    half_width = sizes[rank - 1] if rank <= len(sizes) else np.inf
    return forecast - half_width, forecast + half_width


def read_table(table):
    """Say for each model of a table which claim about it the table supports.

    Args:
        table: DataFrame (model); the baseline is the first row. In km/h the columns mae,
            mae_low and mae_high: an error and its own interval. In per cent gain, gain_low and
            gain_high: what the model takes off the baseline's error, and the interval of that,
            NaN where there are too few days for an interval.

    Returns:
        List of "better", "worse" or "cannot tell", one a row: against the baseline.
    """
    claims = []
    for row in table.itertuples():
        if row.gain_low > 0:
            claims.append("better")
        elif row.gain_high < 0:
            claims.append("worse")
        else:
            claims.append("cannot tell")
    return claims
