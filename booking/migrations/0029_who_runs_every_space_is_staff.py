from django.db import migrations

STAFF_OF_THE_SPACE = """EXISTS (
    SELECT FROM members_role
    JOIN machines_machine ON machines_machine.space_id = members_role.space_id
    WHERE machines_machine.id = $1 AND members_role.member_id = $2
)"""
STAFF_EVERYWHERE = "EXISTS (SELECT FROM members_member WHERE id = $2 AND is_superuser)"
AUDIENCE = """
    CREATE OR REPLACE FUNCTION booking_audience(machine bigint, member bigint) RETURNS text
    LANGUAGE sql STABLE AS $$
        SELECT CASE WHEN $2 IS NULL THEN '' WHEN {is_staff} THEN 'staff' ELSE 'maker' END
    $$;
"""


class Migration(migrations.Migration):
    """The database counts who runs every space as the rules do; what is written down stays."""

    dependencies = [
        ("booking", "0028_imports_taken_back_by_a_worker"),
        ("members", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            AUDIENCE.format(is_staff=f"{STAFF_OF_THE_SPACE} OR {STAFF_EVERYWHERE}"),
            AUDIENCE.format(is_staff=STAFF_OF_THE_SPACE),
        ),
    ]
