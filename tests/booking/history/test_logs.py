"""Logs as programs and people write them: every line is an entry, or says why it is none."""

import io
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook

from booking.history import logs
from booking.history.columns import Field
from booking.history.entries import EntryKind, Row, Who
from booking.history.logs import Log, Reading, open_log
from machines.sheets import SheetUnreadable
from tests.booking.history.exports import entry_of

ZURICH = ZoneInfo("Europe/Zurich")

PARTS = """\
weekday,day,month,year,start_time,end_time,duration(in h),user_no,machine
Di,4,MÄR,2025,9:00,10:30,1.5,007,1
Di,4,MÄR,2025,12:00,12:40,0.67,007,1
Di,4,MÄR,2025,12:00,12:40,0.67,007,2
Mo,5,MAI,2025,9:00,10:00,3.0,008,2
Do,2,OKT,2025,7:00,10:00,3.0,MAINT,1
Fr,5,DEC,2025,21:0,23:30,2.5,009,1
Sa,6,DEZ,2025,23:00,1:00,2.0,009,1
So,7,DEZ,2025,x,1:00,2.0,009,1
"""

SEMICOLONS = """\
Gerät;Beginn;Ende;Menge;Einheit;Person;Art;Bemerkung
Säge;04.03.2025 09:00;04.03.2025 10:00;60,0;Minuten;Zoë;Nutzung;Bretter
Säge;04.03.2025 12:00;04.03.2025 11:00;-60,0;Minuten;Zoë;Nutzung;
Säge;05.03.2025 12:00;;1,5;Stunden;zoe@example.org;Reservierung;
Säge;06.03.2025 12:00;06.03.2025 13:00;;;;storniert;
Säge;07.03.2025 12:00;07.03.2025 13:00;;;;hm;
Säge;08.03.2025 12:00;08.03.2025 13:00;;;;Störung;Sägeblatt
;09.03.2025 12:00;09.03.2025 13:00;;;;;
Säge;;09.03.2025 13:00;;;;;
Säge;10.03.2025 12:00;10.03.2025 13:00;;;Zoë;;
Säge;11.03.2025 12:00;11.03.2025 13:00;;;;nicht erschienen;
""".replace("\n", "\r\n")


def opened(text: str, encoding: str = "utf-8", **reading: object) -> Log:
    how = Reading(**reading) if reading else None  # type: ignore[arg-type]
    return open_log(text.encode(encoding), zone=ZURICH, reading=how)


def kinds(rows: list[Row]) -> list[str]:
    return [row.entry.kind.value if row.entry else "rejected" for row in rows]


def test_dates_in_parts_with_months_of_two_languages() -> None:
    log = opened(PARTS, kind=EntryKind.BOOKING)
    rows = list(log.rows())
    assert kinds(rows) == [*["booking"] * 4, "maintenance", "booking", "booking", "rejected"]
    first = entry_of(rows[0])
    assert first.span.start == datetime(2025, 3, 4, 8, 0, tzinfo=UTC)
    assert first.who == Who(key="007")
    assert entry_of(rows[6]).span.seconds == 7200
    assert [len(row.remarks) for row in rows] == [0, 0, 0, 1, 0, 0, 0, 0]
    assert "9, start_time: This is no time" in str(rows[7].problem)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
def test_semicolons_commas_and_old_encodings(encoding: str) -> None:
    rows = list(opened(SEMICOLONS, encoding).rows())
    assert kinds(rows) == [
        "use", "rejected", "booking", "nothing", "rejected", "stoppage", "rejected", "rejected",
        "use", "no_show",
    ]  # fmt: skip
    first, third = entry_of(rows[0]), entry_of(rows[2])
    assert first.note == "Bretter"
    assert third.who == Who(key="zoe@example.org", email="zoe@example.org")
    assert third.span.seconds == 5400
    assert rows[3].left_out
    assert [row.problem.column for row in rows if row.problem] == ["Ende", "Art", "Gerät", "Beginn"]
    # The same person, however the name is written.
    assert first.who == entry_of(rows[8]).who


def test_columns_as_somebody_chose_them() -> None:
    text = "a,b,c\n3/14/2025 9:00,Saw,10:00\n3/4/2025 9:00,Saw,10:00\n"
    chosen = {"a": "start", "b": "machine", "c": "end"}
    log = opened(text, columns=chosen)
    assert log.columns == {"a": Field.START, "b": Field.MACHINE, "c": Field.END}
    assert log.month_first
    days = [row.entry.span.start.date() for row in log.rows() if row.entry]
    assert days == [date(2025, 3, 14), date(2025, 3, 4)]
    assert log.samples() == ["3/14/2025 9:00", "Saw", "10:00"]
    read = opened(text, columns=chosen, month_first=False).rows()
    assert kinds(list(read)) == ["rejected", "use"]


def test_amounts_of_money_are_no_lengths() -> None:
    log = opened("machine,start,end,price_per_unit_eur\nSaw,2025-03-04 9:00,10:00,3\n")
    assert "price_per_unit_eur" not in log.columns


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_workbooks_hold_real_dates_and_times() -> None:
    content = workbook(
        ("Machine", "Date", "From", "To", "Duration"),
        ("Saw", date(2025, 3, 4), time(9), time(10, 30), None),
        ("Saw", datetime(2025, 3, 4), time(9), None, timedelta(hours=26)),
    )
    rows = list(open_log(content, zone=ZURICH).rows())
    assert [entry_of(row).span.duration for row in rows] == [
        timedelta(hours=1.5),
        timedelta(hours=26),
    ]


def test_midnight_is_a_time_where_the_cell_shows_one() -> None:
    night = [datetime(2025, 3, day, hour) for day, hour in ((4, 20), (5, 0), (5, 2))]
    content = workbook(
        ("Machine", "Start", "End"),
        ("Saw", night[0], night[1]),
        ("Saw", night[1], night[2]),
        ("Saw", date(2025, 3, 4), date(2025, 3, 5)),
    )
    first, second, third = open_log(content, zone=ZURICH).rows()
    assert [entry_of(row).span.duration for row in (first, second)] == [
        timedelta(hours=4),
        timedelta(hours=2),
    ]
    assert "The time is missing." in str(third.problem)


MARKS = [
    *(f"Saw;{day}.3.2025 9:00;10:00;plain {day}" for day in range(1, 4)),
    'Saw;4.3.2025 9:00;10:00;"3 mm Plexi',
    *(f"Saw;{day}.3.2025 9:00;10:00;plain {day}" for day in range(5, 9)),
    'Saw;9.3.2025 9:00;10:00;"3 mm Plexi',
    'Saw;10.3.2025 9:00;10:00;"two',
    'lines; ""quoted"""',
    'Saw;11.3.2025 9:00;10:00;"5 mm',
    'Saw;12.3.2025 9:00;10:00;5 mm"',
    '"Saw";13.3.2025 9:00;10:00;"last',
]


@pytest.mark.parametrize(
    "header", ["Gerät;Beginn;Ende;Bemerkung", "Gerät;Beginn;Ende;Bemerkung;Ort"]
)
def test_a_mark_that_is_left_open_swallows_no_row(header: str) -> None:
    rows = list(opened("\n".join([header, *MARKS, ""])).rows())
    assert [entry_of(row).span.start.day for row in rows] == [*range(1, 14)]
    assert [row.line for row in rows] == [*range(2, 12), *range(13, 16)]
    assert entry_of(rows[9]).note == 'two lines; "quoted"'
    assert {entry_of(row).machine for row in rows[:12]} == {"Saw"}


def test_a_mark_left_open_in_the_middle_of_a_row_keeps_the_rest_of_it() -> None:
    log = opened(
        'note,machine,start,end\n"3 mm,Saw,2025-03-04 9:00,10:00\nx,Saw,2025-03-05 9:00,10:00\n'
    )
    assert [entry_of(row).note for row in log.rows()] == ['"3 mm', "x"]


def test_lines_are_counted_as_an_editor_does() -> None:
    text = (
        "Export of 2025\n\nmachine,start,end,note\n"
        'Saw,2025-03-04 9:00,10:00,"two\nlines"\n\nSaw,?,?,\n'
    )
    assert [row.line for row in opened(text).rows()] == [4, 7]


def test_a_header_alone_has_no_rows() -> None:
    assert list(opened("machine,start,end\n").rows()) == []


def test_more_rows_than_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_ROWS", 3)
    with pytest.raises(SheetUnreadable, match="Split the file"):
        list(opened(PARTS).rows())
    rows = [("Saw", day, time(9), time(10)) for day in [date(2025, 3, 4)] * 20]
    for some in (rows[:4], rows):
        with pytest.raises(SheetUnreadable, match="Split the file"):
            list(open_log(workbook(("Machine", "Date", "From", "To"), *some), zone=ZURICH).rows())
