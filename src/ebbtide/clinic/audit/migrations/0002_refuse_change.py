"""The database itself refuses to change or delete an audit event; the head row is made."""

from typing import Any

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_auditevent
    BEGIN SELECT RAISE(ABORT, 'audit events are never changed'); END""",
    """CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_auditevent
    BEGIN SELECT RAISE(ABORT, 'audit events are never deleted'); END""",
    """CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_audithead
    BEGIN SELECT RAISE(ABORT, 'the audit head is never deleted'); END""",
    """CREATE TRIGGER audit_head_only_grows BEFORE UPDATE ON audit_audithead
    WHEN NEW.length <> OLD.length + 1
    BEGIN SELECT RAISE(ABORT, 'the audit head grows by one'); END""",
]

POSTGRESQL = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN RAISE EXCEPTION 'audit rows are never changed or deleted'; END $body$;
CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE ON audit_auditevent
FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_auditevent
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_audithead
FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_head_only_grows BEFORE UPDATE ON audit_audithead
FOR EACH ROW WHEN (NEW.length <> OLD.length + 1) EXECUTE FUNCTION audit_refuse()
"""

STATEMENTS = {"sqlite": SQLITE, "postgresql": [POSTGRESQL]}


def refuse_change(apps: Any, schema_editor: Any) -> None:
    apps.get_model("audit", "AuditHead").objects.create(pk=1, length=0, hash="0" * 64)
    for statement in STATEMENTS[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(refuse_change, migrations.RunPython.noop)]
