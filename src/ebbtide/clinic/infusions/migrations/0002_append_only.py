"""The database itself refuses to change or remove an event."""

from typing import Any

from django.db import migrations

SQLITE = """
CREATE TRIGGER infusions_visitevent_no_update BEFORE UPDATE ON infusions_visitevent
BEGIN SELECT RAISE(ABORT, 'the visit record is append-only'); END;
CREATE TRIGGER infusions_visitevent_no_delete BEFORE DELETE ON infusions_visitevent
BEGIN SELECT RAISE(ABORT, 'the visit record is append-only'); END;
"""

POSTGRESQL = """
CREATE FUNCTION infusions_visitevent_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the visit record is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER infusions_visitevent_no_change BEFORE UPDATE OR DELETE ON infusions_visitevent
FOR EACH ROW EXECUTE FUNCTION infusions_visitevent_append_only();
CREATE TRIGGER infusions_visitevent_no_truncate BEFORE TRUNCATE ON infusions_visitevent
FOR EACH STATEMENT EXECUTE FUNCTION infusions_visitevent_append_only();
"""


def add_triggers(_apps: Any, schema_editor: Any) -> None:
    """Write the triggers in the words of the database in use."""
    vendor = schema_editor.connection.vendor
    with schema_editor.connection.cursor() as cursor:
        if vendor == "postgresql":
            cursor.execute(POSTGRESQL)
        else:
            for statement in SQLITE.split("END;"):
                if statement.strip():
                    cursor.execute(f"{statement} END;")


class Migration(migrations.Migration):
    dependencies = [("infusions", "0001_initial")]
    operations = [migrations.RunPython(add_triggers, migrations.RunPython.noop)]
