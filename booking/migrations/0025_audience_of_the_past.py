from django.db import migrations, models

# What a person was when it was written down; a row that says so itself is taken at its word, and
# who is forgotten leaves behind what they were.
TOLD = """
    CREATE FUNCTION booking_audience(machine bigint, member bigint) RETURNS text
    LANGUAGE sql STABLE AS $$
        SELECT CASE WHEN $2 IS NULL THEN ''
            WHEN EXISTS (
                SELECT FROM members_role
                JOIN machines_machine ON machines_machine.space_id = members_role.space_id
                WHERE machines_machine.id = $1 AND members_role.member_id = $2
            ) THEN 'staff'
            ELSE 'maker' END
    $$;
    CREATE FUNCTION booking_audience_of_reservation() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.audience := CASE WHEN NEW.company_id IS NOT NULL THEN 'company'
            ELSE booking_audience(NEW.machine_id, NEW.member_id) END;
        RETURN NEW;
    END $$;
    CREATE FUNCTION booking_audience_of_session() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.audience := booking_audience(NEW.machine_id, NEW.member_id);
        RETURN NEW;
    END $$;
"""
EACH = """
    CREATE TRIGGER {row}_has_an_audience BEFORE INSERT ON {table}
        FOR EACH ROW WHEN (NEW.audience = '')
        EXECUTE FUNCTION booking_audience_of_{row}();
    CREATE TRIGGER {row}_has_another_audience BEFORE UPDATE OF member_id ON {table}
        FOR EACH ROW
        WHEN (NEW.member_id IS NOT NULL AND NEW.member_id IS DISTINCT FROM OLD.member_id)
        EXECUTE FUNCTION booking_audience_of_{row}();
"""
NOT_EACH = """
    DROP TRIGGER {row}_has_another_audience ON {table};
    DROP TRIGGER {row}_has_an_audience ON {table};
    DROP FUNCTION booking_audience_of_{row}();
"""
# Of the rows that there are nobody knows more than what their people are today. Most are a maker's,
# and those cost nothing: what a new column holds by default is not written into any row. Only the
# others are written, while everybody else waits for the table.
AS_OF_TODAY = """
    UPDATE booking_reservation
    SET audience = CASE WHEN company_id IS NOT NULL THEN 'company' ELSE '' END
    WHERE company_id IS NOT NULL OR member_id IS NULL;
    UPDATE booking_reservation AS row SET audience = 'staff' WHERE company_id IS NULL AND {is_staff};
    UPDATE booking_usagesession SET audience = '' WHERE member_id IS NULL;
    UPDATE booking_usagesession AS row SET audience = 'staff' WHERE {is_staff};
""".format(
    is_staff="""EXISTS (
        SELECT FROM members_role
        JOIN machines_machine ON machines_machine.space_id = members_role.space_id
        WHERE machines_machine.id = row.machine_id AND members_role.member_id = row.member_id
    )"""
)
ROWS = {"reservation": "booking_reservation", "session": "booking_usagesession"}
WHOSE = {
    "reservation": "What they were when it was made, as the database writes down; blank for nobody.",
    "usagesession": "What the person was then, as the database writes down; blank for nobody.",
}
AUDIENCES = [("maker", "makers"), ("company", "companies"), ("staff", "staff")]


def audience(text: str, by_default: str) -> models.CharField:
    """The column of what somebody was."""
    return models.CharField(
        blank=True,
        choices=AUDIENCES,
        db_default=by_default,
        editable=False,
        help_text=text,
        max_length=7,
    )


class Migration(migrations.Migration):

    dependencies = [
        ("booking", "0024_fab_managers_told_apart"),
        ("machines", "0001_initial"),
        ("members", "0001_initial"),
    ]

    operations = [
        *(
            migrations.AddField(model, "audience", audience(text, by_default="maker"))
            for model, text in WHOSE.items()
        ),
        *(
            migrations.AlterField(model, "audience", audience(text, by_default=""))
            for model, text in WHOSE.items()
        ),
        migrations.RunSQL(AS_OF_TODAY, migrations.RunSQL.noop),
        migrations.RunSQL(TOLD, "DROP FUNCTION booking_audience(bigint, bigint)"),
        *(
            migrations.RunSQL(
                EACH.format(row=row, table=table), NOT_EACH.format(row=row, table=table)
            )
            for row, table in ROWS.items()
        ),
    ]
