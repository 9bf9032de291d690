"""What goes wrong between a user and a database, said in one sentence with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dlt
import pytest
from dlt.pipeline.exceptions import PipelineStepFailed

from dlt_oracle import oracle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def load(credentials: dict[str, Any], directory: Path) -> None:
    pipeline = dlt.pipeline(
        "errors", destination=oracle(credentials), dataset_name="raw", pipelines_dir=str(directory)
    )
    pipeline.run([{"id": 1}], table_name="items")


def message(credentials: dict[str, Any], directory: Path) -> str:
    with pytest.raises(PipelineStepFailed) as failure:
        load(credentials, directory)
    text = str(failure.value)
    assert credentials["password"] not in text
    return text


def test_a_wrong_password(user: Any, tmp_path: Path) -> None:
    text = message(user.credentials | {"password": "not-the-password"}, tmp_path)
    assert "ORA-01017" in text
    assert "Check `username` and `password`" in text


def test_a_wrong_service(user: Any, tmp_path: Path) -> None:
    text = message(user.credentials | {"service_name": "NOSUCHSERVICE"}, tmp_path)
    assert "DPY-6001" in text
    assert "check `service_name`" in text


def test_no_server(user: Any, tmp_path: Path, unused_port: int) -> None:
    text = message(user.credentials | {"port": unused_port}, tmp_path)
    assert f"Connecting to 127.0.0.1:{unused_port}/{user.service_name} as {user.name}: DPY-6005" in text
    assert "check `host` and `port`" in text


def test_a_host_that_has_no_address(user: Any, tmp_path: Path) -> None:
    text = message(user.credentials | {"host": "nosuch.invalid"}, tmp_path)
    assert f"Connecting to nosuch.invalid:{user.port}" in text


def test_no_quota(target: Any, tmp_path: Path) -> None:
    with target.new_user(quota=None) as user:
        text = message(user.credentials, tmp_path)
    assert "ORA-01950" in text
    assert f"ALTER USER {user.name} QUOTA UNLIMITED ON " in text
    assert "<tablespace>" not in text


def test_no_right_to_create_a_table(target: Any, tmp_path: Path) -> None:
    with target.new_user(privileges=("CREATE SESSION",)) as user:
        text = message(user.credentials, tmp_path)
    assert f'CREATE TABLE "{user.name}"."RAW____DLT_LEDGER": ORA-01031' in text
    assert f"GRANT CREATE TABLE TO {user.name}" in text


def test_no_right_to_connect(target: Any, tmp_path: Path) -> None:
    with target.new_user(privileges=()) as user:
        text = message(user.credentials, tmp_path)
    assert "ORA-01045" in text
    assert f"GRANT CREATE SESSION TO {user.name}" in text


def test_a_merge_that_a_constraint_refuses_says_which_columns_it_is_about(
    pipeline: Callable[..., dlt.Pipeline],
) -> None:
    loading = pipeline()

    def merge(row: dict[str, Any]) -> None:
        disposition: Any = {"disposition": "merge", "strategy": "upsert"}
        loading.run([row], table_name="people", write_disposition=disposition, primary_key="id")

    merge({"id": 1, "mail": "a", "age": 1})
    with loading.sql_client() as client:
        client.execute_sql("ALTER TABLE raw___people ADD (UNIQUE (mail, age), CHECK (age < 100))")
    for row, violated in (
        ({"id": 2, "mail": "a", "age": 1}, r"ORA-00001.* The unique constraint SYS_\w+ .* on MAIL, AGE\."),
        ({"id": 2, "mail": "a", "age": 100}, r"ORA-02290.* The check constraint SYS_\w+ .* on AGE\."),
    ):
        with pytest.raises(PipelineStepFailed, match=f"merge of table 'people': {violated}"):
            merge(row)
        loading.abort_packages()
