"""One thread each: nobody who leaves gives the threads back while another still counts on one."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import scipy.linalg  # noqa: F401 - brings a BLAS of its own
from threadpoolctl import threadpool_info

from mmearth_core.processors import one_thread_each


def threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


pytestmark = pytest.mark.skipif(threads() == {1}, reason="BLAS has one thread here anyhow")


def test_the_last_to_leave_gives_the_threads_back() -> None:
    before, limit = threads(), one_thread_each()
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as another:
        one.submit(limit.__enter__).result()
        another.submit(limit.__enter__).result()
        assert threads() == {1}
        one.submit(limit.__exit__, None, None, None).result()
        assert threads() == {1}
        another.submit(limit.__exit__, None, None, None).result()
        assert threads() == before


def test_it_holds_in_any_thread_again_and_again() -> None:
    def inside() -> set[int]:
        with one_thread_each():
            np.ones((50, 50)) @ np.ones((50, 50))
            return threads()

    assert inside() == {1}
    with ThreadPoolExecutor(1) as other:
        assert other.submit(inside).result() == {1}
    assert inside() == {1}
