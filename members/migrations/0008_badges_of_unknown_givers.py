from django.db import migrations

# 0007 left in every space what nobody knows the giver of, and the PINs that were typed at a desk.
# Where there is one space it was given there; elsewhere such a badge counts nowhere, and its
# holder adds it again. What members have done since 0007 is theirs.
BOUND = """
    WITH before AS (
        SELECT applied FROM django_migrations
        WHERE app = 'members' AND name = '0007_badges_of_one_space'
        ORDER BY applied LIMIT 1
    ), alone AS (
        SELECT min(id) AS space_id FROM spaces_space HAVING count(*) = 1
    )
    UPDATE members_badge AS badge SET
        space_id = (SELECT space_id FROM alone),
        revoked_at = CASE
            WHEN EXISTS (SELECT FROM alone) THEN revoked_at ELSE coalesce(revoked_at, now())
        END
    FROM before
    WHERE badge.space_id IS NULL
        AND badge.created_at < before.applied
        AND (badge.created_by_id IS NULL OR (
            badge.created_by_id <> badge.member_id
            AND NOT EXISTS (SELECT FROM members_role WHERE member_id = badge.created_by_id)
        ));
    SET CONSTRAINTS ALL IMMEDIATE;
"""

# A PIN of before was typed at a desk if any badge of its member was: it counts where that badge
# does, and nowhere if that is not known.
TYPED_AT_A_DESK = """
    CREATE TEMPORARY TABLE desk_pins ON COMMIT DROP AS
        SELECT pin.id, (
            SELECT badge.space_id FROM members_badge AS badge
            WHERE badge.member_id = pin.member_id AND badge.space_id IS NOT NULL
            ORDER BY badge.id LIMIT 1
        ) AS space_id
        FROM members_pin AS pin
        WHERE pin.space_id IS NULL
            AND pin.changed_at < (
                SELECT min(applied) FROM django_migrations
                WHERE app = 'members' AND name = '0007_badges_of_one_space'
            )
            AND EXISTS (
                SELECT FROM members_badge AS badge
                WHERE badge.member_id = pin.member_id
                    AND badge.created_by_id IS DISTINCT FROM badge.member_id
            );
    UPDATE members_pin AS pin SET space_id = desk_pins.space_id
        FROM desk_pins WHERE desk_pins.id = pin.id AND desk_pins.space_id IS NOT NULL;
    DELETE FROM members_pin AS pin
        USING desk_pins WHERE desk_pins.id = pin.id AND desk_pins.space_id IS NULL;
    DROP TABLE desk_pins;
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0007_badges_of_one_space'),
    ]

    operations = [
        migrations.RunSQL(BOUND, migrations.RunSQL.noop),
        migrations.RunSQL(TYPED_AT_A_DESK, migrations.RunSQL.noop),
    ]
