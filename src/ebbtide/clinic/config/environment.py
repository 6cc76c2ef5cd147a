"""Typed readers of the environment. Each fails at start with one line that says what to do."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

KEY_HEX_LENGTH = 64  # 32 random bytes: SQLCipher takes them as they are, without stretching
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})


def read_flag(name: str) -> bool:
    """A yes or no; no when unset."""
    word = os.environ.get(name, "").strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {word!r}.")


def read_factor(name: str, *, default: float, maximum: float) -> float:
    """A positive factor up to `maximum`."""
    text = os.environ.get(name, "").strip()
    try:
        factor = float(text) if text else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a number, not {text!r}.") from None
    if not 0 < factor <= maximum:
        raise ImproperlyConfigured(f"{name} must be above 0 and at most {maximum:g}, not {text}.")
    return factor


def read_words(name: str, *, default: tuple[str, ...]) -> list[str]:
    """A comma-separated list."""
    words = [word.strip() for word in os.environ.get(name, "").split(",")]
    return [word for word in words if word] or list(default)


def read_data_dir() -> Path:
    """The folder that holds the database and every file made from patient data."""
    return Path(os.environ.get("EBBTIDE_DATA_DIR") or "var/data").expanduser().absolute()


def read_key(data_dir: Path) -> str:
    """The database key as 64 hexadecimal digits, made on first use.

    It lies outside the data folder, so that a copied data folder opens nothing.
    """
    named = os.environ.get("EBBTIDE_KEY_FILE")
    path = Path(named).expanduser().absolute() if named else Path(f"{data_dir}.key")
    if path.is_relative_to(data_dir):
        raise ImproperlyConfigured(
            f"EBBTIDE_KEY_FILE ({path}) must lie outside the data folder {data_dir}."
        )
    if not path.exists():
        if (data_dir / "ebbtide.db").exists():
            raise ImproperlyConfigured(
                f"The key file {path} is missing; restore it, or set EBBTIDE_KEY_FILE."
            )
        make_key(path)
    key = path.read_text(encoding="ascii", errors="replace").strip()
    if len(key) != KEY_HEX_LENGTH or not set(key) <= set("0123456789abcdef"):
        raise ImproperlyConfigured(f"The key file {path} must hold 64 hexadecimal digits.")
    if path.stat().st_mode & 0o077:
        raise ImproperlyConfigured(f"The key file {path} is open to others; run: chmod 600 {path}")
    return key


def make_key(path: Path) -> None:
    """Write a new random key that only its owner can read; keep one already there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_HEX_LENGTH // 2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # fails where a key was made meanwhile, and keeps that one
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)


def derive(key: str, *, purpose: str) -> str:
    """A secret for one purpose, from which the key cannot be found again."""
    return hmac.new(bytes.fromhex(key), purpose.encode(), hashlib.sha256).hexdigest()


def read_postgres(url: str) -> dict[str, object]:
    """Connection settings from `postgresql://user:password@host:port/name?option=value`."""
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgresql", "postgres") or not name:
        raise ImproperlyConfigured(
            "EBBTIDE_DATABASE_URL must look like postgresql://user:password@host:5432/name."
        )
    options: Mapping[str, str] = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.get("host") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {key: value for key, value in options.items() if key != "host"},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
