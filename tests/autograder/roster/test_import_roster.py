"""Exports of Canvas, Moodle and Blackboard become the roster, with the ids of collecting."""

import csv
import io
import re
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, save, write_course

from autograder.collecting.collect import collect
from autograder.commands.cli import main
from autograder.gradebook import open_gradebook
from autograder.model import CourseError
from autograder.roster.attendance import attendance, stranger_sentence
from autograder.roster.import_roster import import_roster, merge
from autograder.roster.lms_people import read_listing
from autograder.roster.matching import persons_of, roster_ids
from autograder.roster.people import Person, everybody, people, write_people

NOW = datetime(2027, 3, 1, tzinfo=UTC)
DAY = date(2027, 3, 1)
CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,functions (9001),Final Score\r\n"
    ",,,,,Manual Posting,\r\n"
    "    Points Possible,,,,,6,(read only)\r\n"
    '"Lovelace, Ada",101,S1,ada,Lab A,,\r\n'
    '"Müller-Weiß, Jörg ""JM""",102,S2,jm,Lab B,,\r\n'
    '"=HYPERLINK(""http://x"",""y""), Eve",103,S3,eve,Lab A and Lab B,,\r\n'
    '"李, 明",104,S4,li,"Lab A, Lab B, and Rock and Roll",,\r\n'
    '"Student, Test",105,,test,Lab A,,\r\n'
)
PARTICIPANTS = (
    '"First name","Last name","Email address",Groups\n'
    'Ada,Lovelace,ada@uni.edu,"Lab A, Lab B"\n'
    "Jane,Doe,jane@uni.edu,Lab A\n"
    "Jane,Doe,doe@uni.edu,Lab B\n"
)
WORKSHEET = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade"\n'
    '"Participant 77","Ada Lovelace",ada@uni.edu,"Submitted",,6.00\n'
)
BLACKBOARD = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Child Course ID"\t"Last Access"\t'
    '"Availability"\t"functions [Total Pts: 6 Score] |5501"\n'
    '"Lovelace"\t"Ada"\t"alovelace"\t"S1"\t"CS1.02"\t""\t"Yes"\t""\n'
)
USERS = (
    "canvas_user_id,user_id,login_id,first_name,last_name,full_name,sortable_name,email,status\n"
    '101,S1,ada,Ada,Lovelace,Ada Lovelace,"Lovelace, Ada",ada@uni.edu,active\n'
)


@pytest.fixture
def course(tmp_path):
    return write_course(tmp_path / "course", proofs="")


def listed(text, encoding="utf-8"):
    return read_listing(text.encode(encoding))


def test_canvas_gives_names_sections_numbers_and_the_ids_of_its_downloads():
    listing = listed(CANVAS)
    assert listing.platform == "Canvas"
    assert listing.left_out == ("Student, Test",)
    assert [person.id for person in listing.people] == [
        "lovelaceada_101",
        "müllerweißjörgjm_102",
        "hyperlinkhttpxyeve_103",
        "李明_104",
    ]
    assert listing.people[0] == Person("lovelaceada_101", "Ada", "Lovelace", "", ("Lab A",), "101")
    assert listing.people[1].first_name == 'Jörg "JM"'
    assert listing.people[2].sections == ("Lab A", "Lab B")
    assert listing.people[3].sections == ("Lab A, Lab B, and Rock and Roll",)


def test_canvas_with_names_in_two_columns_and_an_administrator_s_list():
    two = CANVAS.replace("Student,ID", "LastName,FirstName,ID").replace(
        '"Lovelace, Ada",101', "Lovelace,Ada,101"
    )
    assert listed("\r\n".join(two.split("\r\n")[:1] + two.split("\r\n")[3:4])).people == (
        replace(listed(CANVAS).people[0]),
    )
    (ada,) = listed(USERS).people
    assert (ada.id, ada.email, ada.lms_id) == ("lovelaceada_101", "ada@uni.edu", "101")


def test_moodle_gives_full_names_and_tells_people_of_one_name_apart_without_their_address():
    ada, jane, twin = listed(PARTICIPANTS).people
    assert ada == Person("Ada Lovelace", "Ada", "Lovelace", "ada@uni.edu", ("Lab A", "Lab B"))
    assert jane.id != twin.id and jane.id.startswith("Jane Doe_") and "@" not in jane.id + twin.id
    (worksheet,) = listed(WORKSHEET).people
    assert (worksheet.id, worksheet.first_name, worksheet.last_name) == (
        "Ada Lovelace",
        "Ada",
        "Lovelace",
    )


def test_blackboard_gives_user_names_in_utf_16_with_tabs():
    (ada,) = listed(BLACKBOARD, "utf-16").people
    assert ada == Person("alovelace", "Ada", "Lovelace", "", ("CS1.02",), "S1")


def test_a_table_of_nobody_we_know_is_refused_with_its_columns():
    with pytest.raises(CourseError, match=r"its columns are 'login', 'points'.*Write roster.csv"):
        listed("login,points\nann,3\n")
    with pytest.raises(CourseError, match="two rows of the table would both be 'lovelaceada_101'"):
        listed(CANVAS + '"Lovelace, Ada",101,S1,ada,Lab A,,\r\n')


def hand_in(course, tmp_path, *names):
    """Collect files of these names, as `autograder collect` does."""
    for name in names:
        save(tmp_path / "inbox" / name, answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    work, inbox = course.assignment("functions"), tmp_path / "inbox"
    collected = collect(course, work, inbox, NOW, class_ids=roster_ids(course))
    return [submission.student for submission in collected.submissions]


def test_what_canvas_s_download_is_collected_as_is_in_the_roster(course, tmp_path):
    import_roster(course, CANVAS.encode(), DAY)
    names = ("lovelaceada_101_7_functions.ipynb", "李明_LATE_104_8_functions.ipynb")
    students = hand_in(course, tmp_path, *names, "malloryeve_999_9_functions.ipynb")
    assert students == ["lovelaceada_101", "malloryeve_999", "李明_104"]
    class_attendance = attendance(course, course.assignment("functions"))
    assert class_attendance.strangers == ("malloryeve_999",)
    assert [person.lms_id for person in class_attendance.absent] == ["103", "102"]


def test_a_group_s_name_in_canvas_s_download_leads_to_the_member_whose_number_it_bears(
    course, tmp_path
):
    import_roster(course, CANVAS.encode(), DAY)
    assert hand_in(course, tmp_path, "projectgroup1_104_7_functions.ipynb") == ["李明_104"]


def test_moodle_s_number_changes_and_the_name_leads_to_the_person(course, tmp_path):
    import_roster(course, PARTICIPANTS.encode(), DAY)
    folders = ("Ada Lovelace_77_assignsubmission_file", "Jane Doe_78_assignsubmission_file")
    students = hand_in(course, tmp_path, *(f"{folder}/functions.ipynb" for folder in folders))
    assert students == ["Ada Lovelace", "Jane Doe_78"]  # of two people called so, neither is meant
    assert attendance(course, course.assignment("functions")).strangers == ("Jane Doe_78",)
    ids = " and ".join(f"'{person.id}'" for person in people(course) if person.last_name == "Doe")
    sentence = stranger_sentence(course, "Jane Doe_78")
    assert f"several people of roster.csv have this name: {ids}." in sentence
    assert "remove submitted/Jane Doe_78" in sentence
    assert "several" not in stranger_sentence(course, "Eve Mallory_99")


def test_two_ids_of_one_inbox_never_become_one_person():
    ada = Person("Ada Lovelace", "Ada", "Lovelace")
    assert set(persons_of([ada], ["Ada Lovelace_7", "Ada Lovelace_8", "adalovelace"])) == {
        "Ada Lovelace_7",
        "Ada Lovelace_8",
        "adalovelace",
    }


def test_a_twin_in_the_inbox_stays_apart(course):
    write_people(course, [Person("Ada Lovelace", "Ada", "Lovelace")])
    resolve = roster_ids(course)
    assert resolve(["Ada Lovelace_7"]) == {"Ada Lovelace_7": "Ada Lovelace"}
    assert resolve(["Ada Lovelace_7", "Ada Lovelace_8"]) == {}
    assert resolve(["Ada Lovelace", "Ada Lovelace_8"]) == {"Ada Lovelace": "Ada Lovelace"}


def test_another_number_of_canvas_is_another_person():
    ada = Person("lovelaceada_101", "Ada", "Lovelace", "a@uni.edu", (), "101")
    assert persons_of([ada], ["lovelaceada_555", "ada_lovelace_555", "lovelaceada\u200d_555"]) == {}
    unnumbered = replace(ada, lms_id="")
    assert persons_of([unnumbered], ["adalovelace_555"]) == {}  # the roster's id has the number 101
    ids = ["byron_101", "A@uni.edu", "Lovelace Ada"]
    assert persons_of([ada], ids) == dict.fromkeys(ids, ada)


def test_a_name_of_the_same_letters_and_other_words_is_another_person():
    anna = Person("Anna Belle", "Anna", "Belle")
    ids = ["Annab Elle_7", "Anna Belle_8", "belleanna_9"]
    assert persons_of([anna], ids) == {"Anna Belle_8": anna, "belleanna_9": anna}
    other = Person("Annab Elle", "Annab", "Elle")
    assert persons_of([anna, other], ids[:2]) == {"Annab Elle_7": other, "Anna Belle_8": anna}


def test_a_number_of_moodle_that_is_somebody_s_of_another_name_leads_to_nobody():
    ada = Person("ada", "Ada", "Lovelace", lms_id="1843")
    bob = Person("bob", "Bob", "Byron", lms_id="1844")
    assert persons_of([ada, bob], ["Bob Byron_1843"]) == {}
    assert persons_of([ada, bob], ["byronbob_1843"]) == {"byronbob_1843": ada}


def test_an_id_that_was_used_before_the_import_stays(course, tmp_path):
    folder = "Ada Lovelace_77_assignsubmission_file/functions.ipynb"
    assert hand_in(course, tmp_path, folder) == ["Ada Lovelace_77"]
    result = import_roster(course, PARTICIPANTS.encode(), DAY)
    assert people(course)[0].id == "Ada Lovelace_77"
    assert result.other_ids == ()
    again = import_roster(course, PARTICIPANTS.encode(), DAY)
    assert again.changes == () and people(course)[0].id == "Ada Lovelace_77"


def test_a_row_that_somebody_wrote_by_hand_keeps_its_id(course):
    write_people(course, [Person("ada", "Ada", "Lovelace", "ada@uni.edu", ("Lab A",))])
    result = import_roster(course, CANVAS.encode(), DAY)
    assert kinds(result)[0] == ("changed", "101") and "gone" not in dict(kinds(result))
    assert people(course)[0] == Person("ada", "Ada", "Lovelace", "ada@uni.edu", ("Lab A",), "101")


def test_a_dry_run_says_the_same_and_writes_nothing(course):
    preview = import_roster(course, CANVAS.encode(), DAY, dry_run=True)
    assert not (course.root / "roster.csv").exists()
    assert not (course.root / "gradebook.db").exists()
    assert import_roster(course, CANVAS.encode(), DAY) == preview


def kinds(result):
    return [(change.kind, change.person.lms_id) for change in result.changes]


def test_who_is_new_changed_gone_and_back_is_said_and_nobody_is_removed(course):
    first = "\r\n".join(CANVAS.split("\r\n")[:5]) + "\r\n"
    assert kinds(import_roster(course, first.encode(), DAY)) == [("new", "101"), ("new", "102")]
    second = CANVAS.replace("101,S1,ada,Lab A", "101,S1,ada,Lab B").replace('"Müller-Weiß', '"X')
    lines = second.split("\r\n")
    del lines[4]
    result = import_roster(course, "\r\n".join(lines).encode(), DAY)
    assert kinds(result) == [("changed", "101"), ("new", "103"), ("new", "104"), ("gone", "102")]
    assert result.changes[0].facts == ("sections: Lab A -> Lab B",)
    assert [person.lms_id for person in everybody(course)] == ["101", "103", "104", "102"]
    assert [person.gone for person in everybody(course)] == ["", "", "", "2027-03-01"]
    assert len(people(course)) == 3
    back = import_roster(course, CANVAS.encode(), DAY)
    assert ("back", "102") in kinds(back) and len(people(course)) == 4


def test_a_table_of_a_part_of_the_class_marks_nobody_as_gone(course):
    import_roster(course, CANVAS.encode(), DAY)
    part = "\r\n".join(CANVAS.split("\r\n")[:4]) + "\r\n"
    assert import_roster(course, part.encode(), DAY, partial=True).changes == ()
    assert len(people(course)) == 4


MALLORY = '"First name","Last name","Email address",Groups\nAda,Lovelace,mallory@uni.edu,\n'


@pytest.mark.parametrize(("partial", "leaving_date"), [(True, ""), (False, "2027-02-01")])
def test_a_display_name_takes_nobody_s_row(partial, leaving_date):
    ada = Person("Ada Lovelace", "Ada", "Lovelace", "ada@uni.edu", gone=leaving_date)
    mallory = Person("Mallory Eve", "Mallory", "Eve", "mallory@uni.edu")
    rows = merge([ada, mallory], listed(MALLORY), [], DAY, partial).people
    assert {row.id: row.email for row in rows} == {
        "Ada Lovelace": "ada@uni.edu",
        "Mallory Eve": "mallory@uni.edu",
    }
    with pytest.raises(CourseError, match="they are one person with a new address"):
        merge([ada], listed(MALLORY), [], DAY, partial)
    by_hand = merge([replace(ada, id="ada")], listed(MALLORY), [], DAY, partial)
    assert {row.id: row.email for row in by_hand.people} == {
        "Ada Lovelace": "mallory@uni.edu",
        "ada": "ada@uni.edu",
    }
    later = merge([ada, mallory], listed(MALLORY), ["Ada Lovelace_77"], DAY, partial)
    assert [row.id for row in later.people] == ["Mallory Eve", "Ada Lovelace"]


def test_a_new_address_of_a_user_name_is_the_same_person_s():
    before = Person("alovelace", "Ada", "Lovelace", "old@uni.edu", (), "S1")
    table = BLACKBOARD.replace('"Student ID"', '"Student ID"\t"Email"').replace(
        '"S1"', '"S1"\t"new@uni.edu"'
    )
    for row in (before, replace(before, lms_id="")):
        (ada,) = merge([row], listed(table, "utf-16"), [], DAY).people
        assert (ada.id, ada.email) == ("alovelace", "new@uni.edu")


def test_two_rows_of_one_address_are_refused():
    ada = Person("ada", "Ada", "Lovelace", "MALLORY@uni.edu", lms_id="1")
    table = USERS.replace("101,S1,ada", "102,S1,ada").replace("ada@uni.edu", "mallory@uni.edu")
    with pytest.raises(CourseError, match="would all have the address mallory@"):
        merge([ada], listed(table), [], DAY, partial=True)
    assert len(merge([ada], listed(table), [], DAY).people) == 2  # the first is gone


def test_another_table_adds_what_the_first_did_not_say(course):
    import_roster(course, CANVAS.encode(), DAY)
    result = import_roster(course, USERS.encode(), DAY, partial=True)
    assert result.changes[0].facts == ("email: (empty) -> ada@uni.edu",)
    ada = next(person for person in everybody(course) if person.lms_id == "101")
    assert (ada.email, ada.sections) == ("ada@uni.edu", ("Lab A",))


def test_nbgrader_has_the_names_without_markup_and_keeps_what_it_knew(course):
    with open_gradebook.gradebook(course) as book:
        book.add_student("lovelaceada_101", email="kept@uni.edu")
        book.add_student("somebody")
    import_roster(course, CANVAS.encode(), DAY)
    with open_gradebook.gradebook(course) as book:
        students = {student.id: student.to_dict() for student in book.students}
    ada, eve = students["lovelaceada_101"], students["hyperlinkhttpxyeve_103"]
    assert (ada["first_name"], ada["last_name"], ada["lms_user_id"]) == ("Ada", "Lovelace", "101")
    assert ada["email"] == "kept@uni.edu"
    assert eve["last_name"] == "=HYPERLINK(http://x"
    assert "somebody" in students


NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=10)


@given(st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=1, max_size=5))
@settings(max_examples=40)
def test_any_names_and_sections_come_back_from_the_file_that_an_import_writes(rows):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Student", "ID", "SIS Login ID", "Section", "functions (9)"])
    for number, (last, first, section) in enumerate(rows):
        writer.writerow([f"{last}, {first}", 101 + number, "x", section, ""])
    listing = read_listing(out.getvalue().encode())
    merged = merge([], listing, [], DAY)
    with tempfile.TemporaryDirectory() as folder:
        course = write_course(Path(folder), proofs="")
        write_people(course, merged.people)
        assert everybody(course) == merged.people
        assert merge(everybody(course), listing, [], DAY).changes == ()


def test_a_table_without_anybody_of_the_class_is_not_taken_for_it_unless_one_insists(course):
    import_roster(course, CANVAS.encode(), DAY)
    before = (course.root / "roster.csv").read_bytes()
    sentence = "is of Blackboard, and of the 4 people in roster.csv it has nobody.* --replace"
    with pytest.raises(CourseError, match=sentence):
        import_roster(course, BLACKBOARD.encode(), DAY)
    assert (course.root / "roster.csv").read_bytes() == before
    assert re.search(sentence, import_roster(course, BLACKBOARD.encode(), DAY, dry_run=True).doubt)
    assert import_roster(course, BLACKBOARD.encode(), DAY, partial=True, dry_run=True).doubt == ""
    import_roster(course, BLACKBOARD.encode(), DAY, insist=True)
    assert [person.id for person in people(course)] == ["alovelace"]


def test_a_class_of_which_two_in_ten_stayed_is_taken_as_it_is(course):
    head = "Student,ID,SIS User ID,SIS Login ID,Section,functions (9001)\n"
    rows = [f'"Last{n}, First",{100 + n},S{n},login{n},Lab A,\n' for n in range(18)]
    import_roster(course, (head + "".join(rows[:10])).encode(), DAY)
    one = import_roster(course, (head + "".join(rows[9:])).encode(), DAY, dry_run=True)
    two = import_roster(course, (head + "".join(rows[8:])).encode(), DAY, dry_run=True)
    assert "it has 1: the others would be gone, and 8 would be new" in one.doubt
    assert two.doubt == ""


def test_a_dry_run_of_a_table_of_another_platform_shows_it_and_says_why_it_is_doubted(course):
    import_roster(course, CANVAS.encode(), DAY)
    table = course.root / "blackboard.csv"
    table.write_text(BLACKBOARD)
    words = ["roster", "import", str(table), "--course", str(course.root)]
    result = CliRunner().invoke(main, [*words, "--dry-run"])
    assert result.exit_code == 1
    assert "Blackboard: 1 new, 0 changed, 4 gone, 0 back; roster.csv would be" in result.stdout
    assert "it has nobody: the others would be gone" in result.stderr
    assert CliRunner().invoke(main, [*words, "--replace"]).exit_code == 0
