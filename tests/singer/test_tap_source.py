"""``singer_source(tap)``: what a pipeline makes of taps, good and hostile. Into DuckDB, to be quick."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlt
import duckdb
import pytest

from dlt_oracle.singer import discover, run, singer_source, singer_state
from dlt_oracle.singer.errors import SingerConfigurationError, TapFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOSTILE = Path(__file__).with_name("hostile_tap.py")
TAP = [sys.executable, str(HOSTILE)]


@pytest.fixture(autouse=True)
def _own_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = dlt.current.run_context()
    monkeypatch.setattr(type(context), "data_dir", property(lambda _: str(tmp_path / "dlt")))


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[dlt.Pipeline]:
    """A pipeline into memory."""
    with duckdb.connect(":memory:") as connection:
        yield dlt.pipeline(
            "taps",
            destination=dlt.destinations.duckdb(connection),
            dataset_name="raw",
            pipelines_dir=str(tmp_path / "pipelines"),
        )


@pytest.fixture
def rows(pipeline: dlt.Pipeline) -> Callable[[str], list[Any]]:
    """Read the ids of a stream's table."""

    def read(table: str) -> list[Any]:
        with pipeline.sql_client() as client:
            return [row[0] for row in client.execute_sql(f"SELECT id FROM {table} ORDER BY id") or ()]

    return read


def is_running(pid: int) -> bool:
    status = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return status.stdout.strip()[:1] not in {"", "Z"}


def test_a_tap_goes_on_where_it_stopped(pipeline: dlt.Pipeline, rows: Callable[[str], list[Any]]) -> None:
    source = singer_source(TAP, config={"does": "nothing"})
    pipeline.run(source)
    pipeline.run(singer_source(TAP, config={"does": "nothing"}))
    assert sorted(source.resources) == ["orders", "other_streams", "users"]
    assert (rows("users"), rows("orders")) == ([1, 2], [1, 2])
    assert singer_state(pipeline, "hostile_tap").value == {"seen": 2}


def test_a_tap_can_begin_where_another_tool_stopped(pipeline: dlt.Pipeline) -> None:
    state = singer_state(pipeline, "hostile_tap")
    ends = []
    for seen in (5, 50):  # before the first run, and before another one
        state.set({"seen": seen})
        pipeline.run(singer_source(TAP, config={}))
        ends.append(state.value["seen"])
    assert ends == [6, 51]


def test_streams_that_are_not_wanted_are_not_sent(pipeline: dlt.Pipeline) -> None:
    """The tap itself leaves them out: nothing is dropped, so its STATE is kept."""
    pipeline.extract(singer_source(TAP, config={}, state='{"seen": 7}').with_resources("users"))
    assert singer_state(pipeline, "hostile_tap").value == {"seen": 8}
    assert "orders" not in pipeline.default_schema.tables


def test_selection_and_replication_reach_the_tap(pipeline: dlt.Pipeline) -> None:
    source = singer_source(
        TAP,
        config={"does": "shows_its_catalog"},
        select=["users.id"],
        replication={"*": ("INCREMENTAL", "id")},
    )
    pipeline.extract(source)
    stream, other = singer_state(pipeline, "hostile_tap").value["streams"]
    metadata = {tuple(item["breadcrumb"]): item["metadata"] for item in stream["metadata"]}
    assert metadata[()]["replication-key"] == "id"
    assert [metadata["properties", name]["selected"] for name in ("id", "name")] == [True, False]
    assert (stream["selected"], other["selected"]) == (True, False)


def test_what_is_not_selected_is_not_loaded_even_if_the_tap_sends_it(pipeline: dlt.Pipeline) -> None:
    source = singer_source(TAP, config={"does": "sends_what_is_not_selected"}, select=["users.*", "!*.name"])
    pipeline.run(source)
    with pipeline.sql_client() as client:
        assert client.execute_sql("SELECT id FROM users ORDER BY id") == [(1,), (2,)]
    columns = pipeline.default_schema.tables["users"]["columns"]
    assert [name for name in columns if name.startswith("name")] == []


@pytest.mark.parametrize("select", [["orders.*"], ["*.*", "!users"]])
def test_a_stream_that_is_not_selected_is_dropped_if_the_tap_sends_it_and_its_state_is_not_kept(
    pipeline: dlt.Pipeline, caplog: pytest.LogCaptureFixture, select: list[str]
) -> None:
    pipeline.extract(singer_source(TAP, config={"does": "sends_what_is_not_selected"}, select=select))
    assert "users" not in pipeline.default_schema.tables
    assert singer_state(pipeline, "hostile_tap").text is None
    assert "The STATE is not kept" in caplog.text
    assert "records of streams that are not selected, dropped: users: 2" in caplog.text


def test_a_tap_that_fails_leaves_nothing_behind(pipeline: dlt.Pipeline) -> None:
    with pytest.raises(
        Exception, match=r"hostile_tap failed with exit code 3[^$]*CRITICAL the server said no"
    ):
        pipeline.run(singer_source(TAP, config={"does": "fails"}))
    assert (singer_state(pipeline, "hostile_tap").text, pipeline.has_pending_data) == (None, False)


def test_with_checkpoints_everything_up_to_the_last_state_stays(
    pipeline: dlt.Pipeline, rows: Callable[[str], list[Any]]
) -> None:
    with pytest.raises(TapFailed, match="failed with exit code 3") as caught:
        run(pipeline, singer_source(TAP, config={"does": "fails"}, on_error="checkpoint"))
    assert (rows("users"), caught.value.committed_state) == ([1], '{"seen": 1}')


@pytest.mark.parametrize("ended_by", ["an error in what it sends", "a limit"])
def test_whoever_stops_reading_ends_the_tap(pipeline: dlt.Pipeline, tmp_path: Path, ended_by: str) -> None:
    pid_file = tmp_path / "pid"
    config = {"does": "never_ends", "pid_file": str(pid_file), "first_line": ended_by != "a limit"}
    source = singer_source(TAP, config=config, batch_rows=10, noise="error")
    if ended_by == "a limit":
        pipeline.extract(source.with_resources("users").add_limit(1))
    else:
        with pytest.raises(Exception, match="no Singer message"):
            pipeline.extract(source)
    assert not is_running(int(pid_file.read_text(encoding="utf-8")))


def test_noise_is_shown_without_secrets(
    pipeline: dlt.Pipeline, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNTIME__LOG_LEVEL", "WARNING")
    config = {"does": "prints_noise", "token": "t0k3n-in-noise"}
    pipeline.extract(singer_source(TAP, config=config))
    with pytest.raises(Exception, match=r"no Singer message, but 'connecting with \*\*\*'"):
        pipeline.extract(singer_source(TAP, config=config, noise="error"))
    assert "t0k3n-in-noise" not in capsys.readouterr().err


def test_secrets_that_nobody_configured_are_shown_nowhere(
    pipeline: dlt.Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "singer")
    with pytest.raises(Exception, match=r"failed with exit code 1[^$]*password=\*\*\* for x") as caught:
        pipeline.extract(singer_source(TAP, config={"does": "tells_secrets_that_nobody_gave_it"}))
    assert "no Singer message and is skipped: 'ERROR password=*** for x'" in caplog.text
    assert "f3tched" not in f"{caught.value} {caplog.text}"


def test_the_configuration_comes_from_dlt(pipeline: dlt.Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__SINGER__HOSTILE_TAP_PY__CONFIG", "{}")
    monkeypatch.setenv("SOURCES__SINGER__HOSTILE_TAP__CONFIG", '{"does": "fails"}')
    with pytest.raises(Exception, match="exit code 3"):
        pipeline.extract(singer_source(TAP))


def test_an_extractor_of_a_meltano_project_is_a_source(pipeline: dlt.Pipeline, tmp_path: Path) -> None:
    shutil.copy(HOSTILE, tmp_path / "tap-shop")
    (tmp_path / "meltano.yml").write_text(
        """
plugins:
  extractors:
    - name: tap-shop
      executable: ./tap-shop
      config: {does: nothing}
      select: [orders]
""",
        encoding="utf-8",
    )
    source = singer_source.from_meltano(tmp_path / "meltano.yml", "tap-shop")
    pipeline.extract(source)
    assert (source.name, sorted(source.resources)) == ("tap_shop", ["orders", "other_streams"])
    assert singer_state(pipeline, "tap-shop").value == {"seen": 1}


def test_a_catalog_of_the_users_own_is_taken_as_it_is(pipeline: dlt.Pipeline) -> None:
    catalog = {"streams": [{"tap_stream_id": "users", "selected": True, "schema": {}}, {"stream": "orders"}]}
    source = singer_source(TAP, config={"does": "shows_its_catalog"}, catalog=catalog)
    pipeline.extract(source)
    assert singer_state(pipeline, "hostile_tap").value == catalog


def test_without_a_catalog_streams_come_as_they_come(pipeline: dlt.Pipeline) -> None:
    source = singer_source(TAP, config={}, catalog=False)
    pipeline.extract(source)
    assert list(source.resources) == ["other_streams"]
    assert {"users", "orders"} <= set(pipeline.default_schema.tables)


@pytest.mark.parametrize("chosen", [{"select": ["users"]}, {"replication": {"*": "FULL_TABLE"}}])
def test_nothing_can_be_chosen_in_a_catalog_that_the_tap_does_not_get(chosen: dict[str, Any]) -> None:
    with pytest.raises(SingerConfigurationError, match="with catalog=False it gets none"):
        singer_source(TAP, config={}, catalog=False, **chosen)


def test_options_that_are_wrong_are_told_at_once() -> None:
    with pytest.raises(SingerConfigurationError, match="nested='tree' is none of json, tables"):
        singer_source(TAP, nested="tree")
    with pytest.raises(SingerConfigurationError) as caught:
        singer_source(TAP, write_dispositon="append", selct=["users"], colour=1, nested="tree")
    assert str(caught.value) == (
        "there is no option 'write_dispositon' (did you mean 'write_disposition'?); "
        "there is no option 'selct' (did you mean 'select'?); there is no option 'colour'; "
        "nested='tree' is none of json, tables"
    )
    with pytest.raises(SingerConfigurationError, match=r"'stream' \(did you mean 'streams'"):
        singer_source.from_file([], stream=["users"])
    with pytest.raises(SingerConfigurationError, match="kill_grace=0 has to be positive"):
        singer_source(TAP, kill_grace=0)


def test_the_catalog_can_be_asked_for() -> None:
    assert [stream.id for stream in discover(TAP, config={}).streams] == ["users", "orders"]
