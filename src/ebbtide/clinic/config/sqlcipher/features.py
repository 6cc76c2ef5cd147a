"""What SQLCipher can do; Django reads the same answers from the interpreter's own SQLite."""

from django.db.backends.sqlite3 import features as stock


class DatabaseFeatures(stock.DatabaseFeatures):
    """Answers for the library in use, which `check_library` holds at 3.51.3 or later."""

    can_alter_table_drop_column = True
    can_return_columns_from_insert = True
    can_return_rows_from_bulk_insert = True
