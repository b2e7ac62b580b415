"""What holds up whoever guesses a password: a wait that grows with each wrong try."""

import time

FREE = 3  # wrong tries before somebody has to wait
LONGEST = 60  # seconds to wait; longer would keep a learner out whose name another tries
FORGOTTEN = 1800  # seconds after the last wrong try


class Guesses:
    """Wrong tries, counted for whoever is tried: a name, or an address.

    Args:
        free: Wrong tries before waits begin.
        clock: Function that gives seconds.

    Example:
        >>> guesses = Guesses(free=1)
        >>> [guesses.wait("ana") or guesses.count("ana") for _ in range(3)]
        [1, 2, 2]
        >>> guesses.wait("ben")
        0
    """

    def __init__(self, free=FREE, clock=time.monotonic):
        self.free = free
        self.clock = clock
        self.tries = {}  # how many, and when the last

    def wait(self, who):
        """Seconds until the next try is heard; 0 if now."""
        tries, last = self.tries.get(who, (0, 0.0))
        if tries <= self.free:
            return 0
        left = last + min(2 ** (tries - self.free), LONGEST) - self.clock()
        return max(0, round(left + 0.5))

    def count(self, who):
        """Count a try as a wrong one, before it is looked at: many at once are many.

        Returns:
            Wrong tries so far.
        """
        now = self.clock()
        self.tries = {one: had for one, had in self.tries.items() if now - had[1] < FORGOTTEN}
        tries = self.tries.get(who, (0, now))[0] + 1
        self.tries[who] = (tries, now)
        return tries

    def take_back(self, who):
        """A try that was counted was right."""
        tries, last = self.tries.get(who, (0, 0.0))
        self.tries[who] = (max(0, tries - 1), last)

    def forget(self, who):
        """Count from the start again."""
        self.tries.pop(who, None)
