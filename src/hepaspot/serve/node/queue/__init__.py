"""The queue of a node in its database: what is to be read, delivered and fetched, and by whom.

A worker takes a piece of work by putting its name to it. Who dies with work in hand is noticed
by its beat, which stands still, and the work becomes free; who comes late with it is told so.
No decision compares the clocks of two machines, and a clock that jumps delays nothing by more
than the wait that was asked for.
"""

from hepaspot.serve.node.queue.deliveries import Deliveries
from hepaspot.serve.node.queue.overview import Overview
from hepaspot.serve.node.queue.pulls import Pulls
from hepaspot.serve.node.queue.studies import Studies
from hepaspot.serve.node.queue.tables import DeliveryState, PullState, StudyState
from hepaspot.serve.node.queue.values import Delivery, Line, Made, Study
from hepaspot.serve.node.queue.workers import Workers

__all__ = [
    "Delivery",
    "DeliveryState",
    "Line",
    "Made",
    "PullState",
    "Study",
    "StudyState",
    "WorkQueue",
]


class WorkQueue(Workers, Studies, Deliveries, Pulls, Overview):
    """The whole queue. Threads may share one, and processes its database.

    Every method raises OutputError where the database cannot be reached or written.
    """
