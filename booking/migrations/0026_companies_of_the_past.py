import django.contrib.postgres.fields
from django.db import migrations, models

# Whoever told of a session, the database writes down for which companies its person could act then:
# with what they were (0025), and as that is left behind by who is forgotten.
TOLD = """
    CREATE OR REPLACE FUNCTION booking_audience_of_session() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.audience := booking_audience(NEW.machine_id, NEW.member_id);
        NEW.companies := (
            SELECT array_agg(company_id ORDER BY company_id) FROM members_delegate
            WHERE member_id = NEW.member_id
        );
        RETURN NEW;
    END $$;
"""
NOT_TOLD = """
    CREATE OR REPLACE FUNCTION booking_audience_of_session() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.audience := booking_audience(NEW.machine_id, NEW.member_id);
        RETURN NEW;
    END $$;
"""
# Of the sessions that there are nobody knows more than who is a delegate today. Only theirs are
# written: everybody else waits for the table meanwhile.
AS_OF_TODAY = """
    UPDATE booking_usagesession SET companies = acting.companies FROM (
        SELECT member_id, array_agg(company_id ORDER BY company_id) AS companies
        FROM members_delegate GROUP BY member_id
    ) AS acting
    WHERE acting.member_id = booking_usagesession.member_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ("booking", "0025_audience_of_the_past"),
        ("members", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="usagesession",
            name="companies",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                db_default=None,
                editable=False,
                help_text=(
                    "For whom the person could act then, as the database writes down; null for none."
                ),
                null=True,
                size=None,
            ),
        ),
        migrations.RunSQL(AS_OF_TODAY, migrations.RunSQL.noop),
        migrations.RunSQL(TOLD, NOT_TOLD),
    ]
