"""What the tests of the store and of the node share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from serve.postgresql import Cluster, running_cluster


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A server of PostgreSQL; who stops it starts it again."""
    with running_cluster() as cluster:
        yield cluster
