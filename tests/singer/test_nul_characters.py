"""The character NUL in texts: taken out, counted, and nothing else is touched."""

from __future__ import annotations

from collections import Counter

from dlt_oracle.singer.arrays import Fitter, fast_array
from dlt_oracle.singer.column_types import ColumnType, Kind

TEXT = ColumnType(Kind.STRING)


def test_the_fast_way_leaves_texts_with_nul_to_the_slow_one() -> None:
    assert fast_array(["a", None, "b\0"], TEXT) is None
    assert fast_array(["a", None, ""], TEXT).to_pylist() == ["a", None, ""]
    assert fast_array([None], TEXT).to_pylist() == [None]


def test_nul_is_taken_out_and_counted() -> None:
    counters: Counter[str] = Counter()
    fitter = Fitter(TEXT, "null", counters, "items.name")
    assert fitter.fit_all(["a\0b\0", "c", None]) == ["ab", "c", None]
    assert counters == {"texts with the character NUL, which was taken out: items.name": 1}
