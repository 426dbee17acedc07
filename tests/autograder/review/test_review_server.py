"""Who may ask the server of a review at all, and what it refuses with nothing written."""

import json
import re
import socket

import pytest
from review_course import (
    STUDENTS,
    add_item,
    answer_of,
    ask,
    give,
    in_formgrader,
    points,
    served,
    session,
    write_course,
)

from autograder.model import CourseError
from autograder.review.begin import begin
from autograder.review.server import MOST_BYTES, ReviewServer


@pytest.fixture(scope="module")
def at(tmp_path_factory):
    return session(write_course(tmp_path_factory.mktemp("course"), ("ada", "blaise")))


@pytest.fixture(scope="module")
def server(at):
    with served(at) as running:
        yield running


def mark(at, **changed):
    """The body of a write that gives 3 points."""
    answer = answer_of(at, "ada")
    named = {
        "notebook": "words",
        "cell": "why",
        "number": answer.number,
        "fingerprint": answer.fingerprint,
    }
    version = answer.own_mark.version if answer.own_mark else 0
    fields = {"items": [], "adjustment": 3, "comment": "", "done": True, "version": version}
    return {**named, **fields, "seconds": 1.5, "replaces": False, **changed}


def test_it_listens_on_this_machine_only(server):
    assert server.server_address[0] == "127.0.0.1"
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{32}/", server.address)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "[::1]:{port}", ""])
@pytest.mark.parametrize("body", [None, {}])
def test_another_host_is_refused(server, host, body):
    response, text = ask(server, "/", body, host=host.format(port=server.server_port))
    assert response.status == 421
    assert "own address" in text


def test_the_two_names_of_loopback_are_answered(server):
    for host in server.hosts:
        assert ask(server, "/", host=host)[0].status == 200


@pytest.mark.parametrize("base", ["", "/", "/wrong", "/%2e%2e"])
@pytest.mark.parametrize("body", [None, {}])
def test_an_address_without_the_token_is_refused(server, base, body):
    response, text = ask(server, "/mark" if body is not None else "/", body, base=base)
    assert response.status == 404
    assert server.token not in text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"X-Review-Token": ""},
        {"X-Review-Token": "wrong"},
    ],
)
def test_a_write_from_elsewhere_is_refused_and_writes_nothing(server, at, headers):
    response, _ = ask(server, "/mark", mark(at), headers)
    assert response.status == 403
    assert points(at.course)["ada"] is None


@pytest.mark.parametrize("path", ["/", "/review.js", "/q/words/why/1", "/nowhere", "/mark"])
def test_no_other_page_may_read_an_answer(server, path):
    response, _ = ask(server, path, headers={"Origin": "https://evil.example"})
    assert not [name for name in response.headers if name.lower().startswith("access-control-")]
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "HEAD"])
def test_other_methods_are_unknown(server, method):
    request = f"{method} {server.base}/ HTTP/1.1\r\nHost: {server.hosts[0]}\r\n\r\n"
    answer = raw(server, request.encode())
    assert answer.startswith(b"HTTP/1.1 501")
    assert b"Content-Security-Policy: default-src 'none'; script-src 'none'" in answer
    assert b"X-Content-Type-Options: nosniff" in answer


def raw(server, data):
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return connection.recv(65536)


def test_the_policy_names_the_one_script_of_the_page(server):
    response, text = ask(server, "/q/words/why/1")
    policy = response.headers["Content-Security-Policy"]
    script = f"http://{server.hosts[0]}{server.base}/review.js"
    assert f"script-src {script};" in policy
    assert "default-src 'none'" in policy and "'unsafe-eval'" not in policy
    assert re.findall(r"<script[^>]*>", text) == [f'<script src="{server.base}/review.js" defer>']


def test_a_write_that_is_too_long_or_no_object_is_refused(server):
    head = (
        f"POST {server.base}/mark HTTP/1.1\r\nHost: {server.hosts[0]}\r\nContent-Type: "
        f"application/json\r\nX-Review-Token: {server.token}\r\nContent-Length: {{}}\r\n\r\n"
    )
    assert raw(server, head.format(MOST_BYTES + 1).encode()).startswith(b"HTTP/1.1 413")
    assert raw(server, head.format(-1).encode()).startswith(b"HTTP/1.1 413")
    assert raw(server, head.format("1" * 5000).encode()).startswith(b"HTTP/1.1 413")
    for body in (b"[1]", b"nonsense", b"[" * 100_000, b"\xff\xfe"):
        assert raw(server, head.format(len(body)).encode() + body).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "changed",
    [
        {"adjustment": float("nan")},
        {"adjustment": float("inf")},
        {"adjustment": "3"},
        {"adjustment": True},
        {"comment": None},
        {"comment": "x" * 20_001},
        {"comment": "a\0b"},
        {"items": "abc"},
        {"items": [1]},
        {"done": 1},
        {"number": 99},
        {"cell": "gone"},
        {"notebook": "../words"},
        {"seconds": -1e300},
    ],
)
def test_a_write_with_odd_values_says_so_and_writes_nothing(server, at, changed):
    response, text = ask(server, "/mark", mark(at, **changed))
    assert response.status == 400
    assert json.loads(text)["sentence"]
    assert points(at.course)["ada"] is None


@pytest.mark.parametrize(
    "path",
    [
        "/q",
        "/q/words",
        "/q/words/gone/1",
        "/q/words/why/99",
        "/q/a/b/c/d",
        f"/q/words/why/{'1' * 5000}",
    ],
)
def test_a_page_that_is_not_there_is_said_to_be_none(server, path):
    assert ask(server, path)[0].status == 404


def test_a_question_leads_to_its_first_answer_that_is_not_marked(server, at):
    response, _ = ask(server, "/q/words/essay")
    assert response.status == 302
    assert re.fullmatch(rf"{server.base}/q/words/essay/[12]", response.headers["Location"])


def test_a_write_from_the_page_is_kept_and_says_where_to_go_on(tmp_path):
    at = session(write_course(tmp_path, ("ada", "blaise")))
    with served(at) as server:
        response, text = ask(server, "/mark", mark(at), {"Origin": f"http://{server.hosts[1]}"})
        reply = json.loads(text)
        assert (response.status, reply["points"], reply["state"]) == (200, "3", "marked")
        assert reply["next"] == f"/q/words/why/{answer_of(at, 'blaise').number}"
        assert points(at.course)["ada"] == 3
        response, text = ask(server, "/mark", mark(at, version=0))
        assert response.status == 409
        assert json.loads(text)["by"].startswith("anna changed this mark on ")


def test_a_write_that_chose_nothing_is_refused_unless_it_says_so(tmp_path):
    at = session(write_course(tmp_path, ("ada",)))
    with served(at) as server:
        for more in ({}, {"bare": False}):
            response, text = ask(server, "/mark", mark(at, adjustment=0, **more))
            assert (response.status, points(at.course)["ada"]) == (400, None)
            assert "nothing was chosen" in json.loads(text)["sentence"]
        response, text = ask(server, "/mark", mark(at, adjustment=0, bare=True))
        assert (response.status, points(at.course)["ada"]) == (200, 0)
        name = f"Answer {answer_of(at, 'ada').number}"
        assert json.loads(text)["said"] == f"{name}: 0 of 4."


def test_the_list_of_a_question_has_every_answer_by_its_number(tmp_path):
    at = session(write_course(tmp_path, STUDENTS))
    item = add_item(at, 2, "names <b>the cache</b>")
    give(at, "ada", (item,), 0.5, "first words " * 10)
    give(at, "blaise", (), 0)
    give(at, "carl", (item,), is_finished=False)
    in_formgrader(at.course, "ada", 1.0)
    with served(at) as server:
        response, text = ask(server, "/q/words/why/list")
        assert (response.status, ask(server, "/q/words/gone/list")[0].status) == (200, 404)
    lines = {number: " ".join(line.split()) for number, line in table_lines(text)}
    assert list(lines) == list(range(1, 11))
    ada, blaise, carl, emmy = (
        lines[answer_of(at, student).number] for student in ("ada", "blaise", "carl", "emmy")
    )
    assert "1 of 4 changed in formgrader" in ada
    assert "0 of 4 marked anna" in blaise
    assert "2 of 4 draft +2 names &lt;b&gt;the cache&lt;/b&gt; anna" in carl
    assert emmy.endswith("not marked yet")
    assert not [student for student in STUDENTS if student in text]


def table_lines(text):
    """(number, what stands between the tags) of each line of the list."""
    for line in re.findall(r"<tr><th scope=.row.*?</tr>", text, re.DOTALL):
        yield int(re.search(r'data-number="(\d+)"', line)[1]), re.sub(r"<[^>]*>", " ", line)


def test_the_first_page_says_what_comes_next_and_what_a_second_marker_has_to_do(tmp_path):
    at = session(write_course(tmp_path, ("ada",)))
    list(begin(at, "1"))
    for cell in ("why", "essay", "plot"):
        give(at, "ada", (), 1, question=("words", cell))
    with served(at) as server:
        text = ask(server, "/")[1]
    assert "3 answers of yours wait for a second marker and count for nothing yet." in text
    assert "autograder feedback words\nautograder export words --to csv" in text


def test_a_rubric_that_changes_names_the_marks_that_follow(tmp_path):
    at = session(write_course(tmp_path, STUDENTS[:4]))
    item = add_item(at, 2, "names the cache")
    for student in STUDENTS[:3]:
        give(at, student, (item,))
    one, two, three = sorted(answer_of(at, student).number for student in STUDENTS[:3])
    answer = answer_of(at, "ada")
    body = {"notebook": "words", "cell": "why", "number": answer.number, "id": item}
    more = {"action": "change", "points": 1, "text": "names it"}
    with served(at) as server:
        _, text = ask(server, "/rubric", {**body, **more})
        reply = json.loads(text)
        assert reply["report"] == f"Saved. 3 marks follow: answers {one}, {two} and {three}."
        assert (reply["state"], answer_of(at, STUDENTS[3]).state) == ("marked", "to mark")


def test_a_port_that_is_taken_is_said_so(at, server):
    with pytest.raises(CourseError, match=f"Port {server.server_port} of this machine"):
        ReviewServer(at, server.server_port)
