"""No secret of a tap's configuration is readable in what people see."""

from __future__ import annotations

from typing import Any

import pytest

from dlt_oracle.singer.tap.masking import Mask


@pytest.mark.parametrize(
    "config",
    [
        {"password": "hunter22"},
        {"auth": {"anything": ["hunter22"]}},
        {"accounts": [{"api_key": "hunter22"}]},
        {"connection": "postgresql://user:hunter22@db.example.com/shop"},
        {"personal_pat": "hunter22"},
        {"pin_token": 12345678},
    ],
    ids=lambda config: next(iter(config)),
)
def test_secrets_are_known_by_the_names_around_them_and_by_their_place_in_a_url(config: Any) -> None:
    assert Mask(config)("the value hunter22, or 12345678") in {
        "the value ***, or 12345678",
        "the value hunter22, or ***",
    }


def test_a_long_token_is_masked_whatever_its_key_is_called() -> None:
    assert Mask({"developer": "ghp_16C7e42F292c6912E7"})("401 for ghp_16C7e42F292c6912E7") == "401 for ***"


def test_what_helps_to_find_an_error_stays_readable() -> None:
    config = {
        "host": "database-1.cluster.eu-west-1.rds.example.com",
        "start_date": "2020-01-01T00:00:00+00:00",
        "path": "data/2020-01-01/customers-of-shop-1.csv",
        "user": "loader",
        "ssl": True,
        "port": 5432,
    }
    text = " ".join(map(str, config.values()))
    assert Mask(config)(text) == text


@pytest.mark.parametrize("written", ["pä ss/w", r"p\u00e4 ss/w", "p%C3%A4%20ss%2Fw", "p%C3%A4+ss%2Fw"])
def test_a_secret_is_masked_however_it_is_written(written: str) -> None:
    assert Mask({"secret": "pä ss/w"})(f"<{written}>") == "<***>"


def test_a_password_in_a_url_is_masked_as_the_url_writes_it_and_as_it_is() -> None:
    mask = Mask({"connection": "postgresql://user:p%40ss%2Fw0rd@db.example.com/shop"})
    assert [mask("p%40ss%2Fw0rd"), mask("p@ss/w0rd")] == ["***", "***"]


def test_each_line_of_a_private_key_is_masked() -> None:
    mask = Mask({"private_key": "-----BEGIN-----\nabcdefgh\n-----END-----"})
    assert [mask("abcdefgh"), mask("x -----END-----")] == ["***", "x ***"]


def test_a_secret_that_contains_another_leaves_nothing_behind() -> None:
    assert Mask({"password": "abcd", "token": "abcdefgh"})("abcdefgh abcd") == "*** ***"


def test_a_very_short_password_does_not_mask_words() -> None:
    assert Mask({"password": "a"})("a table") == "a table"


def test_secrets_that_come_later_are_masked_too() -> None:
    mask = Mask()
    mask.add({"access_token": "later-1"})
    assert (mask("later-1"), repr(mask)) == ("***", "Mask(1 texts)")
