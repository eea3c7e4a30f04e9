from django.db import migrations

# Whom an import has made with an address of their own, and who has never come: it is theirs to wake.
ASLEEP = """
    UPDATE members_member AS member SET is_asleep = true
    FROM booking_historyimport_people AS made
    WHERE made.member_id = member.id
        AND NOT member.is_active
        AND member.last_login IS NULL
        AND member.password LIKE '!%'
        AND member.email NOT LIKE '%@past.invalid';
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('booking', '0020_the_past_that_was_brought'),
        ('members', '0009_accounts_that_sleep'),
    ]

    operations = [
        migrations.RunSQL(ASLEEP, migrations.RunSQL.noop),
    ]
