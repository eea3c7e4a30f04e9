"""Sees every state that a row of reservations takes, whoever writes it."""

from django.db import connection

WATCH = """
    CREATE TEMPORARY TABLE state_changes (reservation bigint, old text, new text);
    CREATE FUNCTION pg_temp.note_state() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO state_changes VALUES (NEW.id, NULL, NEW.state);
        ELSIF OLD.state IS DISTINCT FROM NEW.state THEN
            INSERT INTO state_changes VALUES (NEW.id, OLD.state, NEW.state);
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER note_state AFTER INSERT OR UPDATE ON booking_reservation
        FOR EACH ROW EXECUTE FUNCTION pg_temp.note_state();
"""


def watch() -> None:
    """Note every change of state from now on, until the transaction is taken back."""
    with connection.cursor() as cursor:
        cursor.execute(WATCH)


def changes() -> set[tuple[str | None, str]]:
    """What became of what; nothing before is a new row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT old, new FROM state_changes")
        return set(cursor.fetchall())


def fingerprint() -> str:
    """A number for all that services may change but must not, when they refuse."""
    tables = (
        "booking_reservation",
        "booking_usagesession",
        "booking_waitlistentry",
        "booking_offer",
        "billing_contractentry",
        "notifications_message",
        "machines_fault",
        "machines_stoppage",
    )
    parts = [
        f"SELECT '{table}' || coalesce(md5(string_agg(t::text, '' ORDER BY t.id)), '') AS part"
        f" FROM {table} t"
        for table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5(string_agg(part, '')) FROM ({' UNION ALL '.join(parts)}) p")
        return str(cursor.fetchone()[0])
