"""The ledger: append-only, in order, in SQLite and in PostgreSQL; and the team table."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import made_ledger
import pytest
from postgresql_server import new_database
from sqlalchemy import text

from autograder.model import CourseError
from autograder.olympics.ledger import Ledger
from autograder.olympics.teams import read_teams

pytestmark = pytest.mark.xdist_group("postgresql")
ROW = made_ledger.row(
    number=0, season="2027", event="framework_sprint", team_id="abc", scores={"score": 1.5}
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    server, admin = map(request.getfixturevalue, ("server", "admin"))
    return new_database(server, admin)


def test_rows_come_back_in_order_and_each_carries_the_sum_of_the_one_before(url):
    with Ledger(url) as ledger:
        first = ledger.append(ROW)
        second = ledger.append(replace(ROW, run=2, verdict="wrong", sentence="No.", scores={}))
        assert [first.number, second.number] == [1, 2]
        assert ledger.judgements() == [first, second]
        assert second.previous_sha256 != first.previous_sha256 == "0" * 64
        assert ledger.faults() == []


def test_a_second_append_of_the_same_run_changes_nothing(url):
    with Ledger(url) as ledger:
        first = ledger.append(ROW)
        again = ledger.append(replace(ROW, scores={"score": 0.1}))
        assert again == first
        assert len(ledger.judgements()) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE olympics_judgements SET body = 'x'",
        "DELETE FROM olympics_judgements",
    ],
)
def test_the_database_itself_refuses_to_change_a_row(url, statement):
    with Ledger(url) as ledger:
        ledger.append(ROW)
        with pytest.raises(Exception, match="append-only"), ledger.engine.begin() as connection:
            connection.execute(text(statement))
        assert ledger.faults() == []


def test_sqlite_refuses_to_replace_a_row_too(tmp_path):
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        ledger.append(ROW)
        replacing = (
            "INSERT OR REPLACE INTO olympics_judgements (number, entry_sha256, event, run, body, "
            "sha256) SELECT number, entry_sha256, event, run, 'x', sha256 FROM olympics_judgements"
        )
        with pytest.raises(Exception, match="append-only"), ledger.engine.begin() as connection:
            connection.execute(text(replacing))
        assert ledger.faults() == []


def test_several_writers_at_once_lose_and_double_nothing(url):
    def write(rows):
        with Ledger(url) as ledger:
            for row in rows:
                ledger.append(row)

    rows = [replace(ROW, run=run) for run in range(1, 11)]
    writers = [threading.Thread(target=write, args=(rows,)) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with Ledger(url) as ledger:
        assert sorted(row.run for row in ledger.judgements()) == list(range(1, 11))


def test_commands_that_open_a_new_ledger_at_once_wait_for_each_other(tmp_path):
    def write(number, run, start):
        start.wait()
        with Ledger(f"sqlite:///{tmp_path / f'{number}.db'}") as ledger:
            ledger.append(replace(ROW, run=run))

    with ThreadPoolExecutor(max_workers=3) as writers:
        for number in range(15):
            start = threading.Barrier(3)
            appends = [writers.submit(write, number, run, start) for run in (1, 2, 3)]
            for append in appends:
                append.result()
            with Ledger(f"sqlite:///{tmp_path / f'{number}.db'}") as ledger:
                assert sorted(row.run for row in ledger.judgements()) == [1, 2, 3]


def test_a_row_that_was_edited_in_the_file_is_noticed(tmp_path):
    path = tmp_path / "ledger.db"
    with Ledger(f"sqlite:///{path}") as ledger:
        ledger.append(ROW)
        ledger.append(replace(ROW, run=2))
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER olympics_no_UPDATE")
    connection.execute("UPDATE olympics_judgements SET body = replace(body, '1.5', '0.5')")
    connection.commit()
    connection.close()
    with Ledger(f"sqlite:///{path}") as ledger:
        assert "Row 1 of the ledger is not what was written." in ledger.faults()
        with pytest.raises(CourseError, match="backup"):
            ledger.judgements()


def test_a_row_that_was_taken_out_is_noticed(tmp_path):
    path = tmp_path / "ledger.db"
    with Ledger(f"sqlite:///{path}") as ledger:
        for run in (1, 2, 3):
            ledger.append(replace(ROW, run=run))
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER olympics_no_DELETE")
    connection.execute("DELETE FROM olympics_judgements WHERE number = 2")
    connection.commit()
    connection.close()
    with Ledger(f"sqlite:///{path}") as ledger:
        assert ledger.faults() == ["Row 2 of the ledger is missing."]


@pytest.mark.parametrize(
    "change, words",
    [
        ({"verdict": "best"}, "A verdict is one of"),
        ({"scores": {}}, "has a score where it is ranked"),
        ({"verdict": "wrong"}, "has a score where it is ranked"),
        ({"scores": {"score": float("nan")}}, "finite"),
    ],
)
def test_a_judgement_that_cannot_be_is_not_written(tmp_path, change, words):
    with Ledger(f"sqlite:///{tmp_path / 'l.db'}") as ledger:
        with pytest.raises(CourseError, match=words):
            ledger.append(replace(ROW, **change))
        assert ledger.judgements() == []


@pytest.mark.parametrize(
    "address, words",
    [
        ("nonsense", "no address of a ledger"),
        ("mysql://a/b", "SQLite or PostgreSQL"),
        ("sqlite:////no/such/folder/l.db", "does not answer"),
    ],
)
def test_an_address_that_is_none_gets_a_sentence(address, words):
    with pytest.raises(CourseError, match=words):
        Ledger(address)


def test_a_ledger_that_must_exist_is_not_made(url, tmp_path):
    with pytest.raises(CourseError, match=r"There is no ledger at .*olympics judge. begins it"):
        Ledger(url, must_exist=True)
    assert not (tmp_path / "ledger.db").exists()
    with Ledger(url) as ledger:
        first = ledger.append(ROW)
    with Ledger(url, must_exist=True) as ledger:
        assert ledger.judgements() == [first]


def test_a_database_without_a_ledger_stays_without_one(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE marks (points)")
    database.close()
    with pytest.raises(CourseError, match="There is no ledger at"):
        Ledger(f"sqlite:///{path}", must_exist=True)
    with sqlite3.connect(path) as database:
        tables = database.execute("SELECT name FROM sqlite_master").fetchall()
    database.close()
    assert tables == [("marks",)]


TABLE = "team_id,public_name,university,members,anonymous\nabc,The ABC,Uni A,2,no\n"


def test_the_team_table_is_read(tmp_path):
    path = tmp_path / "teams.csv"
    path.write_text(TABLE + 'x,"Comma, Inc",Uni B,4,yes\n')
    teams = read_teams(path)
    assert teams["x"].public_name == "Comma, Inc" and teams["x"].anonymous
    assert teams["abc"].members == 2 and not teams["abc"].anonymous


@pytest.mark.parametrize(
    "row, words",
    [
        ("abc,Other,Uni,1,no", "line 3: 'abc' stands twice"),
        (",Other,Uni,1,no", "line 3: team_id needs 1 to 60"),
        ("t" * 61 + ",Other,Uni,1,no", "line 3: team_id needs 1 to 60"),
        ("a--b,Other,Uni,1,no", "line 3: files are called by team_id, so it has letters"),
        ("a/b,Other,Uni,1,no", "line 3: files are called by team_id"),
        (".x,Other,Uni,1,no", "line 3: files are called by team_id"),
        ("x,the abc,Uni B,1,no", "line 3: the public_name 'the abc' looks like 'The ABC'"),
        ("x,\u0422he \u0410\u0412\u0421,Uni B,1,no", "looks like 'The ABC'"),
        ("x,Anonymous 2,Uni B,1,no", "line 3: the board itself calls teams that are anonymous"),
        ("x,\u0391nonymous  1O,Uni B,1,no", "calls teams that are anonymous"),
        ("x,anonymous,Uni B,1,yes", "calls teams that are anonymous"),
        ("x,Other,uni  a,1,no", "line 3: the university 'uni  a' looks like 'Uni A' of line 2"),
        ("x,Other,Uni \u0391,1,yes", "The medal table would count them as two"),
        ("x,Other,Uni,5,no", "line 3: members is a number from 1 to 4"),
        ("x,Other,Uni,two,no", "members is a number"),
        ("x,Other,Uni,1,maybe", "anonymous is yes or no"),
        ("x,a,b,1,no,more", "more fields than columns"),
        ("x," + "n" * 81 + ",Uni,1,no", "public_name needs 1 to 80"),
        ("x,a\x07b,Uni,1,no", "cannot be printed"),
    ],
)
def test_a_bad_row_of_the_team_table_gets_a_sentence(tmp_path, row, words):
    path = tmp_path / "teams.csv"
    path.write_text(TABLE + row + "\n")
    with pytest.raises(CourseError, match=words):
        read_teams(path)


def test_teams_of_one_university_are_of_one(tmp_path):
    path = tmp_path / "teams.csv"
    path.write_text(TABLE + "x,Anonymous Llamas,Uni A,2,no\ny,Third,Uni B,2,no\n")
    assert [team.university for team in read_teams(path).values()] == ["Uni A", "Uni A", "Uni B"]


def test_a_table_without_its_columns_says_which_are_needed(tmp_path):
    path = tmp_path / "teams.csv"
    path.write_text("team,name\nabc,x\n")
    with pytest.raises(CourseError, match="needs the columns team_id, public_name"):
        read_teams(path)
    with pytest.raises(CourseError, match="cannot be read"):
        read_teams(tmp_path / "none.csv")
