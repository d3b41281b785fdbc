"""What a search pays for what it leaves out.

Little at the begin, where leaving out is meant to be the last resort: plans that could not be reached otherwise lie on
the way to better ones. And more for what has been left out for long, so that activities of about the same price take
turns until a set is found of which all fit in: guided local search (Voudouris and Tsang 1999), with absences for
features (Christiaens and Vanden Berghe 2020).
"""

import numpy as np

from scheduler.solver.kernel.arrays import Flags, Floats

RAISED = 1.0
"""By how much of its price an activity costs more that is always left out."""
RAISED_UNTIL = 0.7
"""Until where in the cooling: from then on the search makes the best of what it keeps."""
REMEMBERED = 30
"""Steps for each activity after which an absence is mostly forgotten."""


class Leaving:
    """Prices as the search counts, over one cooling or several.

    `optional` says which activities may be left out, and `share` what part of its price that costs at the begin: 1
    where leaving out is a choice like any other, whose price is the goal's throughout.
    """

    def __init__(self, price: Floats, optional: Flags, share: float) -> None:
        self._price, self._optional, self.share = price, optional, share
        self._absent = np.zeros(len(price))

    def prices(self, along: float, absent: Flags, steps: int) -> Floats:
        """For so many steps from a plan that leaves out what is `absent`, so far along (0 to 1) the cooling."""
        if self.share == 1.0:
            return self._price
        self._absent += (absent - self._absent) * -np.expm1(-steps / (REMEMBERED * max(1, len(absent))))
        raised = RAISED * self._absent if along < RAISED_UNTIL else 0.0
        return np.where(self._optional, self._price * self.share ** (1 - along) * (1 + raised), self._price)
