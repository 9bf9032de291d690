"""What looks like a secret is not shown, whether or not anybody has configured it."""

from __future__ import annotations

import pytest

from dlt_oracle.singer.secret_shapes import masked

SECRET = "S3cret,Pw/1"


@pytest.mark.parametrize(
    "text",
    [
        "password=<> user=x",
        "connecting, Password : <> to db",
        "{'password': '<>', 'user': 'x'}",
        '{"api_key": "<>", "user": "x"}',
        r'{"event": "{\"api_key\": \"<>\", \"user\": \"x\"}"}',
        r'{"event": "{\"password\": \"a\\\"<>\", \"user\": \"x\"}"}',
        "apikey => <>",
        "GET https://x.example.com/?access_token=<>&page=1",
        "GET https://x.example.com/?page=1&access_token=<>",
        "client_secret=<>",
        "aws_secret_access_key=<>",
        "private-key: <>",
        "PWD=<>;",
        "passwd='<>'",
        "tap --password <> --port 1",
        "Authorization: Bearer <>",
        "{'Authorization': 'Basic <>'}",
        "authorization: Basic <>",
        "Authorization: ApiKey key=x, signature=<>",
        'credentials: {"of": {"user": "x"}, "word": "<>"}',
        'credentials={"user": "x", "word": "<>"}',
        'tokens: ["<>", "<>"]',
        'token="never closed <>',
        r'token="with \"quotes\" <>"',
    ],
)
def test_the_value_of_a_key_whose_name_says_so_is_masked(text: str) -> None:
    shown = masked(text.replace("<>", SECRET))
    assert "***" in shown
    assert not [part for part in ("S3cret", "Pw/1") if part in shown]


def test_a_password_in_a_url_is_masked() -> None:
    assert masked("oracle://loader:S3cretPw@db:1521/x") == "oracle://loader:***@db:1521/x"
    assert masked("http://u:p@ss@db/x?y=a@b") == "http://u:***@db/x?y=a@b"


@pytest.mark.parametrize(
    "token",
    [
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "glpat-abcdefghijklmnop1234",
        "xoxb-1234567890-abcdef",
        "sk_live_abcdefghijklmnop",
        "AKIAIOSFODNN7EXAMPLE",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN",
        "Bearer abcdefgh.1234",
    ],
)
def test_a_well_known_token_is_masked_wherever_it_stands(token: str) -> None:
    assert token.removeprefix("Bearer ") not in masked(f"401 for {token}, as ever")


def test_names_and_places_around_a_secret_stay_readable() -> None:
    assert (
        masked('{"level": "ERROR", "password": "x y", "n": 1}')
        == '{"level": "ERROR", "password": "***", "n": 1}'
    )
    assert masked("password=x user=loader") == "password=*** user=loader"


@pytest.mark.parametrize(
    "text",
    [
        "INFO 2026-11-26 12:00:00 reading shop.orders from db.example.com:1521",
        "AttributeError: property 'primary_keys' of 'Stream' object has no setter",
        "password authentication failed for user loader",
        "GET https://api.example.com:8443/v1/orders?page=2",
    ],
)
def test_what_is_no_secret_stays_as_it_is(text: str) -> None:
    assert masked(text) == text
